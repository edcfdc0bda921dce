using System.Text.Json.Nodes;

namespace Caphr.Lab.Robot;

/// <summary>What can be read under <c>/order</c>. Nothing can be ordered here.</summary>
internal static class OrderEndpoints
{
    public static IEnumerable<RobotEndpoint> All() =>
    [
        new(HttpMethod.Get, "/order/server/product", 500, _ => RobotReply.Ok(new JsonArray(Envelope(Product(JsonValue.Create("AX52")))))),
        new(HttpMethod.Get, "/order/server/product/{id}", 500, arguments => Single(arguments, "AX52", JsonValue.Create("AX52"))),
        new(HttpMethod.Get, "/order/server/transaction", 500, _ => RobotReply.Error(404, "NOT_FOUND", "no transactions found")),
        new(HttpMethod.Get, "/order/server_market/product", 500, _ => RobotReply.Ok(new JsonArray(Envelope(Product(JsonValue.Create(282323)))))),
        new(HttpMethod.Get, "/order/server_market/product/{id}", 500, arguments => Single(arguments, "282323", JsonValue.Create(282323))),
        new(HttpMethod.Get, "/order/server_market/transaction", 500, _ => RobotReply.Error(404, "NOT_FOUND", "no transactions found")),
    ];

    private static RobotReply Single(RobotArguments arguments, string name, JsonValue id) =>
        arguments.Path("id") == name ? RobotReply.Ok(Envelope(Product(id))) : RobotReply.Error(404, "NOT_FOUND", "product not found");

    private static JsonObject Envelope(JsonObject product) => new() { ["product"] = product };

    /// <summary>The id of a new server is a word, and that of a used one a number. Prices are strings.</summary>
    private static JsonObject Product(JsonValue id) => new()
    {
        ["id"] = id,
        ["name"] = "Dedicated Server AX52",
        ["description"] = new JsonArray("AMD Ryzen 7 7700", "64 GB DDR5", "2 x 1 TB NVMe SSD"),
        ["traffic"] = "unlimited",
        ["dist"] = new JsonArray("Rescue system"),
        ["lang"] = new JsonArray("en"),
        ["location"] = new JsonArray("FSN1", "NBG1", "HEL1"),
        ["prices"] = new JsonArray(new JsonObject
        {
            ["location"] = "FSN1",
            ["price"] = new JsonObject { ["net"] = "59.0000", ["gross"] = "70.2100" },
            ["price_setup"] = new JsonObject { ["net"] = "39.0000", ["gross"] = "46.4100" },
        }),
        ["orderable_addons"] = new JsonArray(),
    };
}
