using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Caphr.Protocols.Kubernetes.Schema;

/// <summary>Makes the structural schema of a C# type from its properties and their attributes.</summary>
internal static class SchemaGenerator
{
    public static JsonObject Of(Type type)
    {
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        if (bare == typeof(string)) return new JsonObject { ["type"] = "string" };
        if (bare == typeof(bool)) return new JsonObject { ["type"] = "boolean" };
        if (bare == typeof(int)) return new JsonObject { ["type"] = "integer", ["format"] = "int32" };
        if (bare == typeof(long)) return new JsonObject { ["type"] = "integer", ["format"] = "int64" };
        if (bare == typeof(DateTimeOffset)) return new JsonObject { ["type"] = "string", ["format"] = "date-time" };
        if (bare.IsEnum) return new JsonObject { ["type"] = "string", ["enum"] = Array(Enum.GetValues(bare).Cast<object>()) };
        if (ArgumentOf(bare, typeof(IReadOnlyList<>)) is [var item]) return new JsonObject { ["type"] = "array", ["items"] = Of(item) };
        if (ArgumentOf(bare, typeof(IReadOnlyDictionary<,>)) is [_, var value])
            return new JsonObject { ["type"] = "object", ["additionalProperties"] = Of(value) };
        if (bare.IsClass) return OfObject(bare);
        throw new UnreachableException($"{type} has no place in a schema.");
    }

    /// <summary>The schema of what a property holds, narrowed by the property's own attributes.</summary>
    public static JsonObject Of(PropertyInfo property)
    {
        var schema = Of(property.PropertyType);
        Describe(schema, property);
        if (property.GetCustomAttribute<DefaultValueAttribute>() is { Value: { } value }) schema["default"] = Json(value);
        if (property.GetCustomAttribute<AllowedValuesAttribute>() is { } allowed) schema["enum"] = Array(allowed.Values!);
        if (property.GetCustomAttribute<RegularExpressionAttribute>() is { } pattern) schema["pattern"] = pattern.Pattern;
        if (property.GetCustomAttribute<RangeAttribute>() is { } range) Limit(schema, range);
        if (property.GetCustomAttribute<LengthAttribute>() is { } length) Limit(schema, length.MinimumLength, length.MaximumLength);
        if (property.GetCustomAttribute<MaxLengthAttribute>() is { } longest) Limit(schema, shortest: null, longest.Length);
        if (property.GetCustomAttribute<ItemAttribute>() is { } item) Limit((schema["items"] ?? schema["additionalProperties"])!.AsObject(), item);
        if ((string?)schema["type"] == "array") MarkList(schema, property.GetCustomAttribute<ListKeyAttribute>());
        return schema;
    }

    /// <summary>Description and rules, which types and properties both may have; rules of the type stay beside those of the property.</summary>
    public static void Describe(JsonObject schema, MemberInfo member)
    {
        if (member.GetCustomAttribute<DescriptionAttribute>() is { } description) schema["description"] = description.Description;
        var rules = member.GetCustomAttributes<CelRuleAttribute>().ToList();
        if (rules.Count == 0) return;
        var all = schema["x-kubernetes-validations"] as JsonArray ?? [];
        foreach (var rule in rules) all.Add(new JsonObject { ["rule"] = rule.Rule, ["message"] = rule.Message });
        schema["x-kubernetes-validations"] = all;
    }

    public static string NameOf(PropertyInfo property) => KubernetesJson.Options.PropertyNamingPolicy!.ConvertName(property.Name);

    private static JsonObject OfObject(Type type)
    {
        var properties = new JsonObject();
        var required = new JsonArray();
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(property => property.CanWrite))
        {
            properties[NameOf(property)] = Of(property);
            if (property.IsDefined(typeof(RequiredAttribute))) required.Add(NameOf(property));
        }

        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties };
        if (required.Count > 0) schema["required"] = required;
        if (type.IsDefined(typeof(AtomicAttribute))) schema["x-kubernetes-map-type"] = "atomic";
        Describe(schema, type);
        return schema;
    }

    private static void Limit(JsonObject schema, RangeAttribute range)
    {
        schema["minimum"] = Convert.ToInt64(range.Minimum, CultureInfo.InvariantCulture);
        // A limit that the number's own format sets is not repeated.
        var maximum = Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture);
        if (maximum < int.MaxValue) schema["maximum"] = (long)maximum;
    }

    private static void Limit(JsonObject schema, int? shortest, int longest)
    {
        var what = (string?)schema["type"] switch
        {
            "array" => "Items",
            "object" => "Properties",
            _ => "Length",
        };
        if (shortest is not null) schema[$"min{what}"] = shortest;
        schema[$"max{what}"] = longest;
    }

    private static void Limit(JsonObject items, ItemAttribute item)
    {
        if (item.MaxLength > 0) items["maxLength"] = item.MaxLength;
        if (item.Pattern is not null) items["pattern"] = item.Pattern;
    }

    private static void MarkList(JsonObject schema, ListKeyAttribute? key)
    {
        schema["x-kubernetes-list-type"] = key is null ? "atomic" : "map";
        if (key is not null) schema["x-kubernetes-list-map-keys"] = new JsonArray(key.Field);
    }

    private static Type[]? ArgumentOf(Type type, Type generic) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == generic ? type.GetGenericArguments() : null;

    private static JsonArray Array(IEnumerable<object> values) => [.. values.Select(Json)];

    private static JsonNode? Json(object value) => JsonSerializer.SerializeToNode(value, value.GetType(), KubernetesJson.Options);
}
