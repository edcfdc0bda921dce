using Caphr.Lab.Kubernetes;

namespace Caphr.Simulation.Tests.World;

/// <summary>The way to the API server of somebody for whom no time passes and nothing fails.</summary>
internal sealed class AtOnce(LabKubernetes api) : HttpMessageHandler
{
    public static HttpClient ClientOf(LabKubernetes api) => new(new AtOnce(api)) { BaseAddress = SimulatedWorld.ApiAddress };

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        new ApiExchange(api, request, _ => throw new NotSupportedException("A person's client does not watch.")).AnswerAsync();
}
