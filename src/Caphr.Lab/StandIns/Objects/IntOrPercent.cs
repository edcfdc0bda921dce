using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Caphr.Lab.StandIns.Objects;

/// <summary>A number of Machines, or a part of them such as <c>25%</c>.</summary>
[JsonConverter(typeof(Converter))]
internal sealed record IntOrPercent(int Value, bool IsPercent = false)
{
    /// <summary>A surge is rounded up and what may be missing down, so that a small percentage never allows both nothing and too much.</summary>
    public int Of(int total, bool roundUp)
    {
        if (!IsPercent) return Value;
        var part = (long)total * Value;
        return checked((int)((roundUp ? part + 99 : part) / 100));
    }

    public override string ToString() => IsPercent ? $"{Value}%" : Value.ToString(CultureInfo.InvariantCulture);

    internal sealed class Converter : JsonConverter<IntOrPercent>
    {
        public override IntOrPercent Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.Number) return new IntOrPercent(reader.GetInt32());
            var text = reader.GetString() ?? "";
            return int.TryParse(text.TrimEnd('%'), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                ? new IntOrPercent(value, text.EndsWith('%'))
                : throw new JsonException("Neither a number nor a percentage.");
        }

        public override void Write(Utf8JsonWriter writer, IntOrPercent value, JsonSerializerOptions options)
        {
            if (value.IsPercent) writer.WriteStringValue(value.ToString());
            else writer.WriteNumberValue(value.Value);
        }
    }
}
