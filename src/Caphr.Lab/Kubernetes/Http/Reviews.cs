using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;
using Caphr.Lab.Kubernetes.Security;
using Caphr.Lab.Kubernetes.Types;
using Microsoft.AspNetCore.Http;

namespace Caphr.Lab.Kubernetes.Http;

/// <summary>
/// Questions that are asked by creating something that is never kept: who am I, whose is this token, may I, may they, and a token for this
/// ServiceAccount, please.
/// </summary>
internal sealed class Reviews(Authentication authentication, RoleAuthorizer authorizer, TimeProvider clock)
{
    public const string Group = "authentication.k8s.io";
    public const string Version = "v1";
    public const string TokenRequest = "TokenRequest";

    public async Task AnswerAsync(HttpContext context, ResourceType question)
    {
        var body = await RequestBody.ReadObjectAsync(context.Request);
        // Who asks about themselves need not say anything.
        if (!body.TryGet(out var asked, out var refusal) && question.Kind != "SelfSubjectReview")
        {
            await context.RefuseAsync(refusal);
            return;
        }

        var user = context.Features.Get<LabUser>()!;
        var spec = asked.At("spec");
        var status = question.Kind switch
        {
            "SelfSubjectReview" => new JsonObject { ["userInfo"] = About(user) },
            "TokenReview" => Recognise(spec),
            "SelfSubjectAccessReview" => Judge(user, spec),
            _ => Judge(new LabUser(spec.TextAt("user") ?? "", [.. spec.ItemsAt("groups").Select(group => group.AsText() ?? "")]), spec),
        };
        await context.WriteAsync(Answer(question.Group, question.Kind, spec?.DeepClone() ?? new JsonObject(), status), 201);
    }

    /// <summary>Whatever lifetime is asked for: a real server gives none below ten minutes, which no test has.</summary>
    public async Task IssueTokenAsync(HttpContext context, string inNamespace, string account)
    {
        if (!(await RequestBody.ReadObjectAsync(context.Request)).TryGet(out var asked, out var refusal))
        {
            await context.RefuseAsync(refusal);
            return;
        }

        var until = clock.GetUtcNow() + TimeSpan.FromSeconds(asked.NumberAt("spec", "expirationSeconds") ?? 3600);
        var user = new LabUser($"system:serviceaccount:{inNamespace}:{account}", "system:serviceaccounts", $"system:serviceaccounts:{inNamespace}");
        var status = new JsonObject { ["token"] = authentication.Admit(user, Texts(asked.At("spec"), "audiences"), until), ["expirationTimestamp"] = Metadata.Timestamp(until) };
        await context.WriteAsync(Answer(Group, TokenRequest, asked["spec"]?.DeepClone() ?? new JsonObject(), status), 201);
    }

    private JsonObject Recognise(JsonNode? spec) => authentication.Identify(spec.TextAt("token") ?? "", Texts(spec, "audiences")) is var (holder, audiences)
        ? new JsonObject { ["authenticated"] = true, ["user"] = About(holder), ["audiences"] = audiences.ToArray() }
        : new JsonObject { ["user"] = new JsonObject() };

    private static List<string> Texts(JsonNode? from, string field) => [.. from.ItemsAt(field).Select(item => item.AsText() ?? "")];

    private JsonObject Judge(LabUser user, JsonNode? spec)
    {
        AccessRequest request = spec.At("nonResourceAttributes") is { } path
            ? new AccessRequest.ToPath(Text(path, "verb"), Text(path, "path"))
            : new AccessRequest.ToResource(
                Text(spec.At("resourceAttributes"), "verb"),
                Text(spec.At("resourceAttributes"), "group"),
                Text(spec.At("resourceAttributes"), "resource"),
                Text(spec.At("resourceAttributes"), "subresource"),
                Text(spec.At("resourceAttributes"), "namespace"),
                Text(spec.At("resourceAttributes"), "name"));
        return new JsonObject { ["allowed"] = authorizer.Allows(user, request) };

        static string Text(JsonNode? from, string field) => from.TextAt(field) ?? "";
    }

    private static JsonObject About(LabUser user) => new() { ["username"] = user.Name, ["groups"] = user.Groups.ToArray() };

    private static JsonObject Answer(string group, string kind, JsonNode spec, JsonObject status) => new()
    {
        ["kind"] = kind,
        ["apiVersion"] = $"{group}/{Version}",
        ["metadata"] = new JsonObject { ["creationTimestamp"] = null },
        ["spec"] = spec,
        ["status"] = status,
    };
}
