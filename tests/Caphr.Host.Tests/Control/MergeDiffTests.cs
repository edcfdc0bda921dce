using System.Text.Json.Nodes;
using Caphr.Host.Control;

namespace Caphr.Host.Tests.Control;

public sealed class MergeDiffTests
{
    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();

    [Theory]
    [InlineData("""{"a":1}""", """{"a":1}""", null)]
    [InlineData("""{"a":1}""", """{"a":2}""", """{"a":2}""")]
    [InlineData("""{"a":1,"b":2}""", """{"a":1}""", """{"b":null}""")]
    [InlineData("""{"a":{"x":1,"y":2}}""", """{"a":{"x":1,"y":3}}""", """{"a":{"y":3}}""")]
    [InlineData("""{"a":[1,2]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""{}""", """{"a":{"x":1}}""", """{"a":{"x":1}}""")]
    public void The_patch_says_what_is_different_and_nothing_else(string from, string to, string? patch)
    {
        var found = MergeDiff.Of(Json(from), Json(to));

        Assert.True(JsonNode.DeepEquals(patch is null ? null : Json(patch), found), found?.ToJsonString());
    }
}
