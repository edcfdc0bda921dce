using System.CommandLine;
using Caphr.Host.Configuration;
using Caphr.Host.Diagnostics;
using Caphr.Protocols;

namespace Caphr.Host.Cli;

/// <summary>The options with which every verb that asks a running host is told where it is: at its socket, or over HTTPS.</summary>
internal sealed class Door
{
    private readonly Option<string?> _socket = new("--socket") { Description = $"Where the host answers. Default: as {Settings.Socket.Variable}, the environment or the configuration file say." };
    private readonly Option<string?> _server = new("--server") { Description = "The URL of a host that answers over HTTPS, instead of a socket." };
    private readonly Option<string?> _token = new("--token-file") { Description = $"With --server: a file with a token for it, such as `kubectl create token NAME --audience={DiagnosticsGate.Audience}` prints." };
    private readonly Option<string?> _authority = new("--ca-file") { Description = "With --server: the authorities to trust, in PEM. Default: the system's." };
    private readonly Option<string?> _fingerprint = new("--fingerprint") { Description = "With --server: the SHA-256 of the only certificate to trust, as the host's log tells it." };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_socket, _server, _token, _authority, _fingerprint]) command.Options.Add(option);
        command.Validators.Add(given =>
        {
            if (given.GetValue(_server) is null && (Option[])[_token, _authority, _fingerprint] is var others && others.Any(option => given.GetResult(option) is not null))
                given.AddError("--token-file, --ca-file and --fingerprint belong to --server.");
            if (given.GetValue(_server) is { } server && !(Uri.TryCreate(server, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps))
                given.AddError($"--server wants a URL that begins with https://, not '{server}'.");
        });
    }

    public Outcome<DiagnosticsClient, string> Open(ParseResult parsed)
    {
        try
        {
            if (parsed.GetValue(_server) is not { } server) return Socket(parsed);
            var token = parsed.GetValue(_token) is { } file ? File.ReadAllText(file).Trim() : null;
            var authorities = parsed.GetValue(_authority) is { } pem ? File.ReadAllText(pem) : null;
            return DiagnosticsClient.OverHttps(new Uri(server), token, authorities, parsed.GetValue(_fingerprint));
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return refused.Message;
        }
    }

    private Outcome<DiagnosticsClient, string> Socket(ParseResult parsed)
    {
        if (parsed.GetValue(_socket) is { } told) return DiagnosticsClient.AtSocket(told);
        return Surroundings.Read().TryGet(out var configuration, out var unclear) ? DiagnosticsClient.AtSocket(configuration.SocketPath) : unclear.Message;
    }
}
