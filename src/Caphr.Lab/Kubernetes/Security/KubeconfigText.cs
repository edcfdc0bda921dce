using System.Text;
using System.Text.Json.Nodes;

namespace Caphr.Lab.Kubernetes.Security;

/// <summary>Kubeconfigs, written as JSON, which is YAML too.</summary>
internal static class KubeconfigText
{
    private const string Name = "lab";

    public static string For(Uri server, LabAuthority? authority, LabCredential credential, string nameSpace)
    {
        var cluster = new JsonObject { ["server"] = server.ToString().TrimEnd('/') };
        if (authority is not null) cluster["certificate-authority-data"] = Encode(authority.Pem);
        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Config",
            ["clusters"] = new JsonArray(new JsonObject { ["name"] = Name, ["cluster"] = cluster }),
            ["users"] = new JsonArray(new JsonObject { ["name"] = Name, ["user"] = User(authority, credential) }),
            ["contexts"] = new JsonArray(new JsonObject
            {
                ["name"] = Name,
                ["context"] = new JsonObject { ["cluster"] = Name, ["user"] = Name, ["namespace"] = nameSpace },
            }),
            ["current-context"] = Name,
        }.ToJsonString();
    }

    private static JsonObject User(LabAuthority? authority, LabCredential credential)
    {
        switch (credential)
        {
            case LabCredential.Token token:
                return new JsonObject { ["token"] = token.Value };
            case LabCredential.Certificate certificate when authority is not null:
                var (pem, key) = authority.ClientCertificate(certificate.User);
                return new JsonObject { ["client-certificate-data"] = Encode(pem), ["client-key-data"] = Encode(key) };
            case LabCredential.Certificate:
                throw new InvalidOperationException("This API server speaks plain HTTP and has no authority to issue certificates.");
            default:
                return [];
        }
    }

    private static string Encode(string pem) => Convert.ToBase64String(Encoding.UTF8.GetBytes(pem));
}
