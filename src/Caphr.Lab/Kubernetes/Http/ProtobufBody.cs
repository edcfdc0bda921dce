using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Objects;
using Caphr.Protocols;
using Google.Protobuf;

namespace Caphr.Lab.Kubernetes.Http;

/// <summary>
/// Reads the protobuf form of the few built-in kinds that <c>kubectl create secret</c> and its siblings send (client-go prefers it since
/// Kubernetes 1.32). Answers are always JSON, which every client accepts. The field numbers are those of Kubernetes' generated.proto files;
/// what a server sets itself (times, managed fields) is skipped.
/// </summary>
internal static class ProtobufBody
{
    public const string MediaType = "application/vnd.kubernetes.protobuf";

    private static readonly Field[] s_owner =
        [new(1, "kind"), new(3, "name"), new(4, "uid"), new(5, "apiVersion"), new(6, "controller", Form.Flag), new(7, "blockOwnerDeletion", Form.Flag)];

    private static readonly Field s_metadata = new(1, "metadata", Form.Message)
    {
        Inner =
        [
            new(1, "name"), new(2, "generateName"), new(3, "namespace"), new(5, "uid"), new(6, "resourceVersion"), new(7, "generation", Form.Number),
            new(11, "labels", Form.TextMap), new(12, "annotations", Form.TextMap), new(13, "ownerReferences", Form.Messages) { Inner = s_owner }, new(14, "finalizers", Form.Texts),
        ],
    };

    private static readonly Field[] s_envelope =
        [new(1, "typeMeta", Form.Message) { Inner = [new(1, "apiVersion"), new(2, "kind")] }, new(2, "raw", Form.Bytes)];

    private static readonly Field[] s_deleteOptions =
    [
        new(1, "gracePeriodSeconds", Form.Number), new(2, "preconditions", Form.Message) { Inner = [new(1, "uid"), new(2, "resourceVersion")] },
        new(3, "orphanDependents", Form.Flag), new(4, "propagationPolicy"), new(5, "dryRun", Form.Texts),
    ];

    private static readonly Field[] s_attributes =
    [
        new(1, "resourceAttributes", Form.Message)
        {
            Inner = [new(1, "namespace"), new(2, "verb"), new(3, "group"), new(4, "version"), new(5, "resource"), new(6, "subresource"), new(7, "name")],
        },
        new(2, "nonResourceAttributes", Form.Message) { Inner = [new(1, "path"), new(2, "verb")] },
    ];

    private static readonly Field[] s_role =
    [
        s_metadata,
        new(2, "rules", Form.Messages)
        {
            Inner =
            [
                new(1, "verbs", Form.Texts), new(2, "apiGroups", Form.Texts), new(3, "resources", Form.Texts), new(4, "resourceNames", Form.Texts),
                new(5, "nonResourceURLs", Form.Texts),
            ],
        },
    ];

    private static readonly Field[] s_binding =
    [
        s_metadata,
        new(2, "subjects", Form.Messages) { Inner = [new(1, "kind"), new(2, "apiGroup"), new(3, "name"), new(4, "namespace")] },
        new(3, "roleRef", Form.Message) { Inner = [new(1, "apiGroup"), new(2, "kind"), new(3, "name")] },
    ];

    private static readonly Dictionary<string, Field[]> s_kinds = new(StringComparer.Ordinal)
    {
        ["Secret"] = [s_metadata, new(2, "data", Form.BytesMap), new(3, "type"), new(4, "stringData", Form.TextMap), new(5, "immutable", Form.Flag)],
        ["ConfigMap"] = [s_metadata, new(2, "data", Form.TextMap), new(3, "binaryData", Form.BytesMap), new(4, "immutable", Form.Flag)],
        ["Namespace"] = [s_metadata, new(2, "spec", Form.Message) { Inner = [new(1, "finalizers", Form.Texts)] }],
        ["ServiceAccount"] =
        [
            s_metadata, new(2, "secrets", Form.Messages) { Inner = [new(3, "name")] }, new(3, "imagePullSecrets", Form.Messages) { Inner = [new(1, "name")] },
            new(4, "automountServiceAccountToken", Form.Flag),
        ],
        ["TokenRequest"] = [s_metadata, new(2, "spec", Form.Message) { Inner = [new(1, "audiences", Form.Texts), new(4, "expirationSeconds", Form.Number)] }],
        ["Role"] = s_role,
        ["ClusterRole"] = s_role,
        ["RoleBinding"] = s_binding,
        ["ClusterRoleBinding"] = s_binding,
        ["SelfSubjectAccessReview"] = [s_metadata, new(2, "spec", Form.Message) { Inner = s_attributes }],
        ["DeleteOptions"] = s_deleteOptions,
    };

    private enum Form
    {
        Text,
        Number,
        Flag,
        Bytes,
        Texts,
        TextMap,
        BytesMap,
        Message,
        Messages,
    }

    private static ReadOnlySpan<byte> Magic => "k8s\0"u8;

    public static Outcome<JsonNode, Refusal> Read(byte[] body)
    {
        if (!body.AsSpan().StartsWith(Magic)) return Refusal.BadRequest("the body of the request does not begin as a Kubernetes protobuf message does");
        try
        {
            var envelope = ReadMessage(new CodedInputStream(body, Magic.Length, body.Length - Magic.Length), s_envelope);
            var (apiVersion, kind) = (envelope.TextAt("typeMeta", "apiVersion") ?? "", envelope.TextAt("typeMeta", "kind") ?? "");
            if (!s_kinds.TryGetValue(kind, out var fields)) return RequestBody.Unsupported([Answers.JsonType]);
            var document = ReadMessage(new CodedInputStream(Convert.FromBase64String(envelope.TextAt("raw") ?? "")), fields);
            document["apiVersion"] = apiVersion;
            document["kind"] = kind;
            return document;
        }
        catch (InvalidProtocolBufferException unreadable)
        {
            return Refusal.BadRequest($"the body of the request is not readable protobuf: {unreadable.Message}");
        }
    }

    private static JsonObject ReadMessage(CodedInputStream input, Field[] fields)
    {
        var message = new JsonObject();
        while (input.ReadTag() is not 0 and var tag)
        {
            if (Array.Find(fields, field => field.Number == WireFormat.GetTagFieldNumber(tag)) is { } field) ReadField(input, field, message);
            else input.SkipLastField();
        }

        return message;
    }

    private static void ReadField(CodedInputStream input, Field field, JsonObject message)
    {
        switch (field.Form)
        {
            // Go writes empty strings and zeros of required fields; in JSON they are left out.
            case Form.Text when input.ReadString() is { Length: > 0 } text:
                message[field.Name] = text;
                break;
            case Form.Number when input.ReadInt64() is not 0 and var number:
                message[field.Name] = number;
                break;
            case Form.Flag:
                message[field.Name] = input.ReadBool();
                break;
            case Form.Bytes:
                message[field.Name] = Convert.ToBase64String(input.ReadBytes().Span);
                break;
            case Form.Texts:
                List(message, field).Add((JsonNode)input.ReadString());
                break;
            case Form.Message:
                message[field.Name] = ReadMessage(input.ReadBytes().CreateCodedInput(), field.Inner);
                break;
            case Form.Messages:
                List(message, field).Add((JsonNode)ReadMessage(input.ReadBytes().CreateCodedInput(), field.Inner));
                break;
            case Form.TextMap or Form.BytesMap:
                var entry = ReadMessage(input.ReadBytes().CreateCodedInput(), [new Field(1, "key"), new Field(2, "value", field.Form == Form.TextMap ? Form.Text : Form.Bytes)]);
                message.Child(field.Name)[entry.TextAt("key") ?? ""] = entry.TextAt("value") ?? "";
                break;
            default:
                break;
        }
    }

    private static JsonArray List(JsonObject message, Field field)
    {
        if (message[field.Name] is JsonArray list) return list;
        var made = new JsonArray();
        message[field.Name] = made;
        return made;
    }

    private sealed record Field(int Number, string Name, Form Form = Form.Text)
    {
        public Field[] Inner { get; init; } = [];
    }
}
