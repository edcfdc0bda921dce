using Caphr.Actors.Kernel.Simulation;
using Caphr.Lab.Kubernetes;

namespace Caphr.Simulation.Tests.World;

/// <summary>The way of one process to the API server.</summary>
internal sealed class ApiTransport : IDisposable
{
    private readonly LabKubernetes _api;
    private readonly DeterministicDispatcher _dispatcher;
    private readonly Wire _wire;
    private readonly HashSet<AnswerPipe> _open = [];
    private readonly HashSet<ApiExchange> _underWay = [];

    public ApiTransport(LabKubernetes api, DeterministicDispatcher dispatcher, Wire wire)
    {
        (_api, _dispatcher, _wire) = (api, dispatcher, wire);
        wire.Changed += Follow;
    }

    public HttpMessageHandler NewHandler() => new Handler(this);

    /// <summary>The process is gone, and its connections with it.</summary>
    public void Dispose()
    {
        _wire.Changed -= Follow;
        foreach (var exchange in _underWay.ToList()) exchange.Abort();
    }

    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        AnswerPipe? pipe = null;
        ApiExchange? exchange = null;
        exchange = new ApiExchange(_api, request, abort =>
        {
            pipe = new AnswerPipe(_dispatcher, _wire.LatencyOfWatches, () =>
            {
                _open.Remove(pipe!);
                _underWay.Remove(exchange!);
                _dispatcher.Run(abort);
            });
            _open.Add(pipe);
            return pipe;
        });
        return _wire.CallAsync(Link.Kubernetes, ServeAsync, () => Failed(HttpRequestError.ConnectionError), () => Failed(HttpRequestError.ResponseEnded), cancellation);

        async Task<HttpResponseMessage> ServeAsync()
        {
            _underWay.Add(exchange);
            var answer = await exchange.AnswerAsync();
            if (pipe is null) _underWay.Remove(exchange);
            return answer;
        }
    }

    private static Task<HttpResponseMessage> Failed(HttpRequestError error) => Task.FromException<HttpResponseMessage>(new HttpRequestException(error, "The simulated network carries nothing there."));

    private void Follow(Link link)
    {
        if (link != Link.Kubernetes) return;
        foreach (var pipe in _open.ToList())
        {
            if (_wire.StateOf(link) == LinkState.Silent) pipe.StandsStill = true;
            else if (_wire.StateOf(link) == LinkState.Broken || pipe.StandsStill) pipe.Break();
        }
    }

    private sealed class Handler(ApiTransport transport) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => transport.SendAsync(request, cancellationToken);
    }
}
