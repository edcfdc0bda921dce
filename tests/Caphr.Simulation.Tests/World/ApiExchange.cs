using System.Net;
using Caphr.Lab.Kubernetes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Caphr.Simulation.Tests.World;

/// <summary>One request at the API server, without a network: an answer at once, or one that goes on.</summary>
internal sealed class ApiExchange : IHttpRequestLifetimeFeature
{
    private readonly LabKubernetes _api;
    private readonly Func<Action, AnswerPipe> _newPipe;
    private readonly DefaultHttpContext _context = new();
    private readonly CancellationTokenSource _aborted = new();
    private readonly TaskCompletionSource<HttpResponseMessage> _answer = new();
    private readonly MemoryStream _written = new();
    private AnswerPipe? _pipe;

    public ApiExchange(LabKubernetes api, HttpRequestMessage request, Func<Action, AnswerPipe> newPipe)
    {
        _api = api;
        _newPipe = newPipe;
        _context.Features.Set<IHttpRequestLifetimeFeature>(this);
        var asked = _context.Request;
        asked.Method = request.Method.Method;
        asked.Path = PathString.FromUriComponent(request.RequestUri!);
        asked.QueryString = QueryString.FromUriComponent(request.RequestUri!);
        foreach (var (name, values) in request.Headers.NonValidated) asked.Headers[name] = values.ToString();
        if (request.Content is { } content)
        {
            asked.ContentType = content.Headers.ContentType?.ToString();
            asked.Body = new MemoryStream(Bodies.Read(content));
        }

        _context.Response.Body = new Written(this);
    }

    CancellationToken IHttpRequestLifetimeFeature.RequestAborted
    {
        get => _aborted.Token;
        set => throw new NotSupportedException();
    }

    /// <summary>Completes with the head of the answer, or with all of it.</summary>
    public Task<HttpResponseMessage> AnswerAsync()
    {
        _ = RunAsync();
        return _answer.Task;
    }

    /// <summary>By the server, or by a client that goes away.</summary>
    public void Abort() => _aborted.Cancel();

    private async Task RunAsync()
    {
        await _api.AnswerAsync(_context);
        if (_pipe is not null)
        {
            Flush();
            if (_aborted.IsCancellationRequested) _pipe.Break();
            else _pipe.End();
        }
        else if (_aborted.IsCancellationRequested) _answer.TrySetException(new HttpRequestException(HttpRequestError.ResponseEnded));
        else _answer.TrySetResult(Head(new ByteArrayContent(_written.ToArray())));
    }

    private HttpResponseMessage Head(HttpContent content)
    {
        var head = new HttpResponseMessage((HttpStatusCode)_context.Response.StatusCode) { Content = content };
        foreach (var (name, values) in _context.Response.Headers)
        {
            if (!head.Headers.TryAddWithoutValidation(name, values.ToArray())) content.Headers.TryAddWithoutValidation(name, values.ToArray());
        }

        return head;
    }

    private void Flush()
    {
        _pipe ??= _newPipe(Abort);
        if (_written.Length > 0) _pipe.Send(_written.ToArray());
        _written.SetLength(0);
        if (!_answer.Task.IsCompleted) _answer.TrySetResult(Head(new StreamContent(_pipe.Reader)));
    }

    private sealed class Written(ApiExchange exchange) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            exchange._written.Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Write(byte[] buffer, int offset, int count) => exchange._written.Write(buffer, offset, count);

        public override Task FlushAsync(CancellationToken cancellationToken)
        {
            exchange.Flush();
            return Task.CompletedTask;
        }

        public override void Flush() => exchange.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
