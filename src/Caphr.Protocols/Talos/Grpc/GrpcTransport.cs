using System.Net;
using System.Net.Security;

namespace Caphr.Protocols.Talos.Grpc;

/// <summary>
/// Carries the calls of one channel in place of a socket and TLS. It has to ask the callbacks of <paramref name="tls"/> about the peer, as TLS does.
/// </summary>
public delegate HttpMessageHandler GrpcTransport(IPEndPoint peer, SslClientAuthenticationOptions tls);
