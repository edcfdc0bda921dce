using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Caphr.Lab;

/// <summary>Bare HTTP servers on loopback: nothing is read from the environment or from files, and nothing is logged.</summary>
internal static class LabWeb
{
    public static WebApplication Build(IPAddress address, int port, Action<ListenOptions>? prepare = null) =>
        Build(kestrel => kestrel.Listen(address, port, endpoint => prepare?.Invoke(endpoint)));

    /// <summary>At two ports, of which the second is any free one and is prepared.</summary>
    public static WebApplication BuildTwo(IPAddress address, int port, Action<ListenOptions> behind) => Build(kestrel =>
    {
        kestrel.Listen(address, port);
        kestrel.Listen(address, 0, behind);
    });

    /// <summary>At a socket of the file system, for whoever may open the file.</summary>
    public static WebApplication Build(string socket) => Build(kestrel => kestrel.ListenUnixSocket(socket));

    public static Uri AddressOf(WebApplication app) => AddressesOf(app).Single();

    public static IReadOnlyList<Uri> AddressesOf(WebApplication app) =>
        [.. app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(address => new Uri(address))];

    private static WebApplication Build(Action<KestrelServerOptions> listen)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            listen(kestrel);
        });
        builder.Services.AddRoutingCore();
        return builder.Build();
    }
}
