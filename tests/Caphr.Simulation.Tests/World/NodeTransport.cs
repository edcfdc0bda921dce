using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Caphr.Actors.Kernel.Simulation;
using Caphr.Lab.Talos;
using Caphr.Lab.World;
using Caphr.Protocols.Talos.Grpc;

namespace Caphr.Simulation.Tests.World;

/// <summary>The way of one process to the Talos API of every server: real certificates are shown and judged, and nothing is encrypted.</summary>
internal sealed class NodeTransport(LabWorld world, TalosNodes nodes, NodeCertificates certificates, DeterministicDispatcher dispatcher, Wire wire, Action<LabServer, string> sending)
{
    private static readonly MediaTypeHeaderValue s_grpc = new("application/grpc");

    public HttpMessageHandler NewHandler(IPEndPoint peer, SslClientAuthenticationOptions tls) => new Handler(this, world.Find(peer.Address)!, tls);

    private static Task<HttpResponseMessage> Failed(HttpRequestError error, Exception inner) => Task.FromException<HttpResponseMessage>(new HttpRequestException(error, "In the simulation.", inner));

    private static Task<HttpResponseMessage> Unreachable() => Failed(HttpRequestError.ConnectionError, new SocketException((int)SocketError.TimedOut));

    private static Task<HttpResponseMessage> Dropped() => Failed(HttpRequestError.ResponseEnded, new IOException("The connection was reset."));

    private sealed class Handler(NodeTransport door, LabServer server, SslClientAuthenticationOptions tls) : HttpMessageHandler
    {
        private TalosNode? _connected;
        private IReadOnlySet<string> _roles = new HashSet<string>();

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var message = Bodies.Read(request.Content).AsMemory(5);
            var path = request.RequestUri!.AbsolutePath;
            door.OnSending(server, path);
            return door.CallAsync(() => ServeAsync(path, message, cancellationToken), cancellationToken);
        }

        private Task<HttpResponseMessage> ServeAsync(string path, ReadOnlyMemory<byte> message, CancellationToken cancellation)
        {
            if (!server.IsAttached) return Unreachable();
            if (door.Find(server) is not { } node) return Failed(HttpRequestError.ConnectionError, new SocketException((int)SocketError.ConnectionRefused));
            if (node != _connected && Connect(node) is { } refused) return refused;
            var call = new SimulatedNodeCall(message, door.NewPipe, cancellation);
            _ = call.RunAsync(node, path, _roles);
            return call.Head;
        }

        private Task<HttpResponseMessage>? Connect(TalosNode node)
        {
            var shown = door.CertificateOf(node);
            if (!tls.RemoteCertificateValidationCallback!(this, shown, null, SslPolicyErrors.RemoteCertificateChainErrors)) return Failed(HttpRequestError.SecureConnectionError, new IOException("Not trusted."));
            X509Certificate2? ours = null;
            if (node.Authority is not null)
            {
                ours = (tls.LocalCertificateSelectionCallback?.Invoke(this, "", [], shown, []) ?? tls.ClientCertificateContext?.TargetCertificate) as X509Certificate2;
                // TLS 1.3: the client's handshake is over before the server has judged its certificate.
                if (!NodeTls.LetsIn(node, ours)) return Dropped();
            }

            (_connected, _roles) = (node, NodeTls.Roles(ours));
            return null;
        }
    }

    private TalosNode? Find(LabServer server) => nodes.Find(server);

    private X509Certificate2 CertificateOf(TalosNode node) => certificates.Of(node);

    private void OnSending(LabServer server, string path) => sending(server, path);

    private AnswerPipe NewPipe(Action abandoned) => new(dispatcher, wire.Latency, abandoned);

    private Task<HttpResponseMessage> CallAsync(Func<Task<HttpResponseMessage>> serve, CancellationToken cancellation) => wire.CallAsync(Link.Nodes, serve, Unreachable, Dropped, cancellation);

    /// <summary>A call whose answer goes on for as long as the node has something to say.</summary>
    private sealed class SimulatedNodeCall : NodeCall
    {
        private readonly ReadOnlyMemory<byte> _message;
        private readonly CancellationTokenSource _over;
        private readonly TaskCompletionSource<HttpResponseMessage> _head = new();
        private readonly List<Action> _afterwards = [];
        private readonly AnswerPipe _pipe;
        private HttpResponseMessage? _begun;

        public SimulatedNodeCall(ReadOnlyMemory<byte> message, Func<Action, AnswerPipe> newPipe, CancellationToken caller)
        {
            _message = message;
            _over = CancellationTokenSource.CreateLinkedTokenSource(caller);
            _pipe = newPipe(_over.Cancel);
        }

        public Task<HttpResponseMessage> Head => _head.Task;

        public override CancellationToken Aborted => _over.Token;

        public async Task RunAsync(TalosNode node, string path, IReadOnlySet<string> roles)
        {
            await LabTalosApi.AnswerAsync(node, this, path, roles);
            foreach (var begin in _afterwards) begin();
        }

        public override Task<T?> ReadAsync<T>(Google.Protobuf.MessageParser<T> parser)
            where T : class => Task.FromResult<T?>(parser.ParseFrom(_message.Span));

        public override Task WriteAsync(Google.Protobuf.IMessage message)
        {
            Begin();
            _pipe.Send(GrpcFraming.Encode(message));
            return Task.CompletedTask;
        }

        public override void End(GrpcStatusCode code, string message = "")
        {
            var headers = _begun is null ? New().Headers : _begun.TrailingHeaders;
            headers.TryAddWithoutValidation("grpc-status", ((int)code).ToString(CultureInfo.InvariantCulture));
            headers.TryAddWithoutValidation("grpc-message", GrpcMessageText.Encode(message));
            _pipe.End();
            _head.TrySetResult(_begun!);
        }

        public override void AfterAnswer(Action begin) => _afterwards.Add(begin);

        public override void Break()
        {
            if (_begun is null) _head.TrySetFromTask(Dropped());
            _pipe.Break();
        }

        private void Begin()
        {
            if (_begun is null) _head.TrySetResult(New());
        }

        private HttpResponseMessage New() => _begun = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(_pipe.Reader) { Headers = { ContentType = s_grpc } } };
    }
}
