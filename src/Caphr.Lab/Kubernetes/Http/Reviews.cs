using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;
using Caphr.Lab.Kubernetes.Security;
using Microsoft.AspNetCore.Http;

namespace Caphr.Lab.Kubernetes.Http;

/// <summary>Questions that are asked by creating something that is never kept: who am I, and a token for this ServiceAccount, please.</summary>
internal sealed class Reviews(Authentication authentication, TimeProvider clock)
{
    public const string Group = "authentication.k8s.io";
    public const string Version = "v1";
    public const string TokenRequest = "TokenRequest";

    private const string SelfSubject = "SelfSubjectReview";

    public static Task WhoAmIAsync(HttpContext context)
    {
        var user = context.Features.Get<LabUser>()!;
        return context.WriteAsync(
            Answer(SelfSubject, new JsonObject(), new JsonObject { ["userInfo"] = new JsonObject { ["username"] = user.Name, ["groups"] = user.Groups.ToArray() } }), 201);
    }

    /// <summary>The lifetime is a promise to the client only: tokens of the Lab are good until it ends.</summary>
    public async Task IssueTokenAsync(HttpContext context, string inNamespace, string account)
    {
        if (!(await RequestBody.ReadObjectAsync(context.Request)).TryGet(out var asked, out var refusal))
        {
            await context.RefuseAsync(refusal);
            return;
        }

        var lifetime = TimeSpan.FromSeconds(asked.NumberAt("spec", "expirationSeconds") ?? 3600);
        var user = new LabUser($"system:serviceaccount:{inNamespace}:{account}", "system:serviceaccounts", $"system:serviceaccounts:{inNamespace}");
        var status = new JsonObject { ["token"] = authentication.Admit(user), ["expirationTimestamp"] = Metadata.Timestamp(clock.GetUtcNow() + lifetime) };
        await context.WriteAsync(Answer(TokenRequest, asked["spec"]?.DeepClone() ?? new JsonObject(), status), 201);
    }

    private static JsonObject Answer(string kind, JsonNode spec, JsonObject status) => new()
    {
        ["kind"] = kind,
        ["apiVersion"] = $"{Group}/{Version}",
        ["metadata"] = new JsonObject { ["creationTimestamp"] = null },
        ["spec"] = spec,
        ["status"] = status,
    };
}
