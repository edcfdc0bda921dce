namespace Caphr.Protocols.Kubernetes;

/// <summary>
/// A token that stands in the kubeconfig, or in a file whose content is exchanged while we run: kubelet replaces a service account's token
/// long before it ends, so reading it again each minute is enough, and at once when the server refused it.
/// </summary>
internal sealed class BearerToken
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    private readonly string? _path;
    private volatile Reading? _last;

    private BearerToken(string? path, Reading? last)
    {
        _path = path;
        _last = last;
    }

    public static BearerToken Fixed(string value) => new(path: null, new Reading(value, ReadAt: 0));

    public static BearerToken InFile(string path) => new(path, last: null);

    public async ValueTask<Outcome<string, KubernetesFailure>> ReadAsync(TimeProvider time, CancellationToken cancellation)
    {
        var last = _last;
        if (last is not null && (_path is null || time.GetElapsedTime(last.ReadAt) < Lifetime)) return last.Value;
        try
        {
            var value = (await File.ReadAllTextAsync(_path!, cancellation)).Trim();
            _last = new Reading(value, time.GetTimestamp());
            return value;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The file is being exchanged, perhaps: the token we have may well still be good.
            if (last is not null) return last.Value;
            return new KubernetesFailure(KubernetesError.NotConfigured, $"The token file {_path} cannot be read: {exception.Message}");
        }
    }

    /// <summary>The server did not accept the token: whatever the file holds by now is a better one.</summary>
    public void Forget()
    {
        if (_path is not null) _last = null;
    }

    public override string ToString() => "BearerToken";

    private sealed record Reading(string Value, long ReadAt)
    {
        public override string ToString() => "Reading";
    }
}
