using System.Globalization;
using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;
using Caphr.Lab.Kubernetes.Security;
using Microsoft.AspNetCore.Http;

namespace Caphr.Lab.Kubernetes.Http;

/// <summary>The front door: faults first, then who it is and whether they may, then the path decides.</summary>
internal sealed class ApiHandler(
    Faults faults, Authentication authentication, AccessGate gate, Discovery discovery, OpenApi openApi, ObjectRoutes objects, LabKubernetesOptions options)
{
    public async Task HandleAsync(HttpContext context)
    {
        if (faults.NetworkIsCut)
        {
            context.Abort();
            return;
        }

        if (faults.Next(context.Request.Method, context.Request.Path) is { } refusal)
        {
            await context.RefuseAsync(refusal);
            return;
        }

        if (authentication.Identify(context) is not { } user)
        {
            await context.RefuseAsync(Refusal.Unauthorized());
            return;
        }

        var segments = (context.Request.Path.Value ?? "/").Trim('/').Split('/');
        var target = RequestTarget.Parse(segments);
        if (gate.Check(user, AccessRequest.Of(context, target)) is { } forbidden)
        {
            await context.RefuseAsync(forbidden);
            return;
        }

        context.Features.Set(user);
        try
        {
            await RouteAsync(context, segments, target);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client went away; there is nobody left to answer.
        }
#pragma warning disable CA1031 // The outermost frame of a request: a bug of the Lab is told to the one whose request met it.
        catch (Exception bug) when (!context.Response.HasStarted)
#pragma warning restore CA1031
        {
            await context.RefuseAsync(new Refusal(RefusalReason.InternalError, $"the Lab's API server has a bug: {bug}"));
        }
    }

    private Task RouteAsync(HttpContext context, string[] segments, RequestTarget? target) => target is not null
        ? objects.ServeAsync(context, target)
        : segments switch
        {
            ["healthz" or "livez" or "readyz", ..] => context.WriteBytesAsync("ok"u8.ToArray(), contentType: "text/plain"),
            ["version"] => context.WriteAsync(Version()),
            ["openapi", "v2"] => OpenApi.Version2Async(context),
            ["openapi", "v3"] => context.WriteAsync(openApi.Index()),
            ["openapi", "v3", ..] => openApi.Document(string.Join('/', segments[2..])) is { } document ? context.WriteBytesAsync(document) : NotFoundAsync(context),
            ["api"] => discovery.RootAsync(context, core: true),
            ["apis"] => discovery.RootAsync(context, core: false),
            ["apis", var group] => FoundAsync(context, discovery.Group(group)),
            ["api", var version] => FoundAsync(context, discovery.Resources("", version)),
            ["apis", var group, var version] => FoundAsync(context, discovery.Resources(group, version)),
            _ => NotFoundAsync(context),
        };

    private static Task FoundAsync(HttpContext context, JsonObject? answer) => answer is null ? NotFoundAsync(context) : context.WriteAsync(answer);

    private static Task NotFoundAsync(HttpContext context) => context.RefuseAsync(Refusal.NoSuchPath());

    private JsonObject Version()
    {
        var parts = options.Version.TrimStart('v').Split('.');
        return new JsonObject
        {
            ["major"] = parts[0],
            ["minor"] = parts[1],
            ["gitVersion"] = options.Version,
            ["gitCommit"] = "",
            ["gitTreeState"] = "",
            ["buildDate"] = Metadata.Timestamp(options.Clock.GetUtcNow()),
            ["goVersion"] = "",
            ["compiler"] = "",
            ["platform"] = string.Create(CultureInfo.InvariantCulture, $"lab/{Environment.ProcessorCount}"),
        };
    }
}
