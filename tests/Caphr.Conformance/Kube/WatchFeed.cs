using System.Text.Json.Nodes;

namespace Caphr.Conformance.Kube;

/// <summary>An open watch, read event by event.</summary>
public sealed class WatchFeed(HttpResponseMessage response, Stream stream) : IDisposable
{
    private readonly StreamReader _lines = new(stream);

    public int Code => (int)response.StatusCode;

    /// <summary>The next event, or null at the end of the watch.</summary>
    public async Task<WatchedEvent?> NextAsync()
    {
        using var limit = new CancellationTokenSource(Waiting.Limit, Waiting.Clock);
        if (await _lines.ReadLineAsync(limit.Token) is not { } line) return null;
        var read = JsonNode.Parse(line)!;
        return new WatchedEvent(read["type"]!.GetValue<string>(), read["object"]!.AsObject());
    }

    /// <summary>The next event that tells of an object; a server may send bookmarks to whoever asked for them at any time.</summary>
    public async Task<string> NextChangeAsync()
    {
        while (true)
        {
            if (await NextAsync() is not { } next) return "end";
            if (next.Type != "BOOKMARK") return $"{next.Type} {next.Name}";
        }
    }

    public async Task<WatchedEvent> NextBookmarkAsync()
    {
        while (true)
        {
            var next = await NextAsync();
            Assert.True(next is not null, "the watch ended without a bookmark");
            if (next.Type == "BOOKMARK") return next;
        }
    }

    public void Dispose()
    {
        _lines.Dispose();
        response.Dispose();
    }
}

public sealed record WatchedEvent(string Type, JsonObject Item)
{
    public string Name => Item["metadata"]?["name"]?.GetValue<string>() ?? "";

    public string Version => Item["metadata"]!["resourceVersion"]!.GetValue<string>();
}
