using System.Buffers;
using System.IO.Pipelines;

namespace Caphr.Protocols.Kubernetes;

/// <summary>The open answer to a watch, line by line: never for longer than it was asked for, and never silent for longer than a living server is.</summary>
internal sealed class WatchStream : IDisposable
{
    /// <summary>etcd stores no object above 1.5 MB; JSON on the wire is somewhat longer.</summary>
    private const int LongestLine = 8 * 1024 * 1024;

    private readonly Call? _call;
    private readonly HttpResponseMessage? _response;
    private readonly PipeReader? _reader;
    private readonly CancellationTokenSource? _lifetime;
    private readonly TimeSpan _silence;
    private readonly TimeProvider? _time;

    public WatchStream(Call call, HttpResponseMessage response, Stream body, TimeSpan lifetime, TimeSpan silence, TimeProvider time)
    {
        _silence = silence;
        _time = time;
        _call = call;
        _response = response;
        _reader = PipeReader.Create(body);
        _lifetime = new CancellationTokenSource(lifetime, time);
    }

    private WatchStream(KubernetesFailure failure) => Failure = failure;

    /// <summary>Why there is nothing to read.</summary>
    public KubernetesFailure? Failure { get; }

    public static WatchStream Refused(KubernetesFailure failure) => new(failure);

    /// <summary>The next line, or null once the server has ended the watch in good order (or should have).</summary>
    public async Task<Outcome<ReadOnlyMemory<byte>, KubernetesFailure>?> NextAsync(CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(_silence, _time!);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_lifetime!.Token, patience.Token, cancellation);
        try
        {
            while (true)
            {
                var read = await _reader!.ReadAsync(either.Token);
                if (TakeLine(read.Buffer) is { } line) return line;
                // A last line without an end is half a change: the watch is resumed from the one before it.
                if (read.IsCompleted) return null;
                if (read.Buffer.Length > LongestLine) return _call!.Failed(KubernetesError.Malformed, "a line is longer than any object can be.");
                _reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }
        catch (OperationCanceledException) when (_lifetime.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return null;
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return _call!.Failed(KubernetesError.Unreachable, $"nothing was heard for {_silence.TotalSeconds:0} seconds, not even a bookmark.");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return KubernetesTransport.Lost(_call!, exception);
        }
    }

    public void Dispose()
    {
        _reader?.Complete();
        _response?.Dispose();
        _lifetime?.Dispose();
    }

    private ReadOnlyMemory<byte>? TakeLine(ReadOnlySequence<byte> buffer)
    {
        if (buffer.PositionOf((byte)'\n') is { } end)
        {
            var line = buffer.Slice(0, end).ToArray();
            buffer = buffer.Slice(buffer.GetPosition(1, end));
            _reader!.AdvanceTo(buffer.Start);
            return line;
        }

        return null;
    }
}
