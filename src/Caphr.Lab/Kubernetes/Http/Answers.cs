using System.Globalization;
using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;
using Microsoft.AspNetCore.Http;

namespace Caphr.Lab.Kubernetes.Http;

/// <summary>Writes answers.</summary>
internal static class Answers
{
    public const string JsonType = "application/json";

    public static Task WriteAsync(this HttpContext context, JsonNode answer, int code = 200, string contentType = JsonType) =>
        context.WriteBytesAsync(answer.ToBytes(), code, contentType);

    public static async Task WriteBytesAsync(this HttpContext context, ReadOnlyMemory<byte> answer, int code = 200, string contentType = JsonType)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = answer.Length;
        await context.Response.Body.WriteAsync(answer, context.RequestAborted);
    }

    public static Task RefuseAsync(this HttpContext context, Refusal refusal)
    {
        if (refusal.RetryAfterSeconds is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return context.WriteAsync(refusal.ToStatus(), refusal.Code);
    }

    public static void Warn(this HttpContext context, IEnumerable<string> warnings)
    {
        foreach (var warning in warnings)
        {
            var quoted = warning.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
            context.Response.Headers.Append("Warning", $"299 - \"{quoted}\"");
        }
    }
}
