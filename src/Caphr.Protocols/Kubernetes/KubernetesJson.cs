using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Caphr.Protocols.Kubernetes.Objects;

namespace Caphr.Protocols.Kubernetes;

/// <summary>How objects are written and read on the wire.</summary>
public static class KubernetesJson
{
    public static readonly JsonSerializerOptions Options = Create();

    /// <summary>The object as it is sent: with its apiVersion and kind, which lists leave out of their items.</summary>
    public static JsonObject ToNode<T>(T value)
        where T : KubernetesObject, IKubernetesResource
    {
        var node = JsonSerializer.SerializeToNode(value, Options)!.AsObject();
        node["apiVersion"] = T.Resource.ApiVersion;
        node["kind"] = T.Resource.Kind;
        return node;
    }

    /// <summary>A metav1.Time, for bodies of patches.</summary>
    public static JsonNode Time(DateTimeOffset value) => JsonSerializer.SerializeToNode(value, Options)!;

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            NumberHandling = JsonNumberHandling.Strict,
            PropertyNameCaseInsensitive = false,
            IgnoreReadOnlyProperties = true,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { ReadNullAsAbsent, LeaveOutEmptyCollections } },
        };
        options.Converters.Add(new JsonStringEnumConverter());
        options.Converters.Add(new TimeConverter());
        options.MakeReadOnly();
        return options;
    }

    // Go's encoder writes null for a list, map or struct nobody set, where our models have a default that is not null.
    private static void ReadNullAsAbsent(JsonTypeInfo type)
    {
        var nullability = new NullabilityInfoContext();
        foreach (var property in type.Properties)
        {
            if (property is not { Set: { } set, AttributeProvider: PropertyInfo declared } || declared.PropertyType.IsValueType) continue;
            if (nullability.Create(declared).WriteState != NullabilityState.NotNull) continue;
            property.Set = (target, value) =>
            {
                if (value is not null) set(target, value);
            };
        }
    }

    private static void LeaveOutEmptyCollections(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property.PropertyType == typeof(string) || !property.PropertyType.IsAssignableTo(typeof(IEnumerable))) continue;
            if (property.PropertyType.IsAssignableTo(typeof(JsonNode))) continue;
            property.ShouldSerialize = (_, value) => value is not (null or ICollection { Count: 0 });
        }
    }
}
