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
    public static WebApplication Build(IPAddress address, int port, Action<ListenOptions>? prepare = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(address, port, endpoint => prepare?.Invoke(endpoint));
        });
        builder.Services.AddRoutingCore();
        return builder.Build();
    }

    public static Uri AddressOf(WebApplication app) =>
        new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
}
