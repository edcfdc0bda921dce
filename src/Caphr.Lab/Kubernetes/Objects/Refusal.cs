using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Types;

namespace Caphr.Lab.Kubernetes.Objects;

/// <summary>Every way in which this server says no. The names are the reasons Kubernetes clients switch on.</summary>
internal enum RefusalReason
{
    BadRequest,
    Unauthorized,
    Forbidden,
    NotFound,
    MethodNotAllowed,
    NotAcceptable,
    AlreadyExists,
    Conflict,
    Expired,
    UnsupportedMediaType,
    Invalid,
    TooManyRequests,
    InternalError,
    ServiceUnavailable,
}

/// <summary>One field and what is wrong with it, e.g. <c>FieldValueInvalid</c> at <c>spec.serverID</c>.</summary>
internal sealed record FieldProblem(string Path, string Type, string Message)
{
    public static FieldProblem Required(string path, string detail = "") => new(path, "FieldValueRequired", Join("Required value", detail));

    public static FieldProblem Invalid(string path, JsonNode? value, string detail) => new(path, "FieldValueInvalid", $"Invalid value: {value.ToText()}: {detail}");

    /// <summary>A value of another type or format than the schema wants: to people the same as invalid, to programs not.</summary>
    public static FieldProblem TypeInvalid(string path, JsonNode? value, string detail) => Invalid(path, value, detail) with { Type = "FieldValueTypeInvalid" };

    public static FieldProblem Forbidden(string path, string detail) => new(path, "FieldValueForbidden", $"Forbidden: {detail}");

    public static FieldProblem Duplicate(string path, JsonNode? value) => new(path, "FieldValueDuplicate", $"Duplicate value: {value.ToText()}");

    public static FieldProblem Unsupported(string path, JsonNode? value, IEnumerable<JsonNode?> supported) =>
        new(path, "FieldValueNotSupported", $"Unsupported value: {value.ToText()}: supported values: {string.Join(", ", supported.Select(Json.ToText))}");

    public static FieldProblem TooLong(string path, int limit) => new(path, "FieldValueTooLong", $"Too long: may not be more than {limit} bytes");

    public static FieldProblem TooMany(string path, int count, int limit) =>
        new(path, "FieldValueTooMany", $"Too many: {count}: must have at most {limit} items");

    public override string ToString() => $"{Path}: {Message}";

    private static string Join(string head, string detail) => detail.Length == 0 ? head : $"{head}: {detail}";
}

/// <summary>A refused request, which becomes a <c>Status</c> object on the wire.</summary>
internal sealed record Refusal(RefusalReason Reason, string Message)
{
    public GroupResource? Resource { get; init; }

    public string? Kind { get; init; }

    public string? Name { get; init; }

    public IReadOnlyList<FieldProblem> Causes { get; init; } = [];

    public int? RetryAfterSeconds { get; init; }

    /// <summary>Set only where a fault asks for a status the reasons do not cover.</summary>
    public int? CodeOverride { get; init; }

    public int Code => CodeOverride ?? Reason switch
    {
        RefusalReason.BadRequest => 400,
        RefusalReason.Unauthorized => 401,
        RefusalReason.Forbidden => 403,
        RefusalReason.NotFound => 404,
        RefusalReason.MethodNotAllowed => 405,
        RefusalReason.NotAcceptable => 406,
        RefusalReason.AlreadyExists or RefusalReason.Conflict => 409,
        RefusalReason.Expired => 410,
        RefusalReason.UnsupportedMediaType => 415,
        RefusalReason.Invalid => 422,
        RefusalReason.TooManyRequests => 429,
        RefusalReason.InternalError => 500,
        RefusalReason.ServiceUnavailable => 503,
    };

    /// <summary>It says nothing about why: that would help the wrong ones.</summary>
    public static Refusal Unauthorized() => new(RefusalReason.Unauthorized, "Unauthorized");

    public static Refusal NotAllowed() => new(RefusalReason.MethodNotAllowed, "the server does not allow this method on the requested resource");

    public static Refusal BadRequest(string message) => new(RefusalReason.BadRequest, message);

    public static Refusal NotAnObject() => BadRequest("the body of the request does not leave an object");

    public static Refusal NotFound(GroupResource resource, string name) =>
        new(RefusalReason.NotFound, $"{resource} \"{name}\" not found") { Resource = resource, Name = name };

    public static Refusal NoSuchPath() => new(RefusalReason.NotFound, "the server could not find the requested resource");

    public static Refusal AlreadyExists(GroupResource resource, string name) =>
        new(RefusalReason.AlreadyExists, $"{resource} \"{name}\" already exists") { Resource = resource, Name = name };

    public static Refusal Modified(GroupResource resource, string name) => Conflict(
        resource, name, "the object has been modified; please apply your changes to the latest version and try again");

    public static Refusal Conflict(GroupResource resource, string name, string why) =>
        new(RefusalReason.Conflict, $"Operation cannot be fulfilled on {resource} \"{name}\": {why}") { Resource = resource, Name = name };

    public static Refusal Invalid(ResourceType type, string name, IReadOnlyList<FieldProblem> causes) =>
        new(RefusalReason.Invalid, $"{type.GroupKind} \"{name}\" is invalid: {Listed(causes)}")
        {
            Resource = type.GroupResource,
            Kind = type.Kind,
            Name = name,
            Causes = causes,
        };

    /// <summary>The request is wrong in what it asks for, not in what it brings.</summary>
    public static Refusal InvalidOptions(string kind, IReadOnlyList<FieldProblem> causes) =>
        new(RefusalReason.Invalid, $"{kind}.meta.k8s.io \"\" is invalid: {Listed(causes)}") { Resource = new GroupResource("meta.k8s.io", kind), Kind = kind, Name = "", Causes = causes };

    public static Refusal Expired(long asked, long oldest) => new(RefusalReason.Expired, $"too old resource version: {asked} ({oldest})");

    public JsonObject ToStatus()
    {
        var details = new JsonObject();
        if (Name is not null) details["name"] = Name;
        if (Resource is { } resource)
        {
            if (resource.Group.Length > 0) details["group"] = resource.Group;
            details["kind"] = Kind ?? resource.Plural;
        }

        if (Causes.Count > 0)
        {
            details["causes"] = new JsonArray([.. Causes.Select(cause =>
                (JsonNode)new JsonObject { ["reason"] = cause.Type, ["message"] = cause.Message, ["field"] = cause.Path })]);
        }

        if (RetryAfterSeconds is { } seconds) details["retryAfterSeconds"] = seconds;
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = Message,
            ["reason"] = Reason.ToString(),
        };
        if (details.Count > 0) status["details"] = details;
        status["code"] = Code;
        return status;
    }

    private static string Listed(IReadOnlyList<FieldProblem> causes) => causes.Count == 1 ? causes[0].ToString() : $"[{string.Join(", ", causes)}]";
}
