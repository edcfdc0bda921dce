using Microsoft.AspNetCore.Http;

namespace Caphr.Lab.Kubernetes.Http;

/// <summary>How an object is to be shown.</summary>
internal enum Representation
{
    Json,
    Table,
    MetadataOnly,
}

internal static class Accepted
{
    /// <summary>The first form in the Accept header that this server speaks; null when it speaks none of them.</summary>
    public static Representation? Form(HttpRequest request)
    {
        var accept = request.Headers.Accept.ToString();
        if (accept.Length == 0) return Representation.Json;
        foreach (var entry in accept.Split(',', StringSplitOptions.TrimEntries))
        {
            var parts = entry.Split(';', StringSplitOptions.TrimEntries);
            if (parts[0] is not ("application/json" or "*/*" or "application/*")) continue;
            switch (parts.FirstOrDefault(part => part.StartsWith("as=", StringComparison.Ordinal))?[3..])
            {
                case null:
                    return Representation.Json;
                case "Table" when parts.Contains("v=v1"):
                    return Representation.Table;
                case "PartialObjectMetadata" or "PartialObjectMetadataList":
                    return Representation.MetadataOnly;
                default:
                    continue;
            }
        }

        return null;
    }
}
