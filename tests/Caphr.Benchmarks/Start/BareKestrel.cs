using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Caphr.Benchmarks.Start;

/// <summary>A process that does nothing but answer: what .NET and its web server take to start on this machine, just now.</summary>
internal static class BareKestrel
{
    public const string Word = "answer-on";

    public static Task RunAsync(string port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture)));
        var web = builder.Build();
        web.Run(context => context.Response.WriteAsync("ok\n"));
        return web.RunAsync();
    }
}
