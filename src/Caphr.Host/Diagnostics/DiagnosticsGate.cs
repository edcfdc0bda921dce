using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Caphr.Protocols.Kubernetes;
using Caphr.Protocols.Kubernetes.Objects;
using Microsoft.Extensions.Logging;

namespace Caphr.Host.Diagnostics;

/// <summary>
/// Lets in whom Kubernetes knows and lets read this path. It asks with a TokenReview and a SubjectAccessReview for a path that is no resource, because what is
/// told here (actors, shards, quotas, the journal) is no object of Kubernetes: who may read HetznerRobotHosts is not thereby let in, and a role can name a
/// part of the questions, such as <c>/caphr/servers*</c>. Where Kubernetes cannot be asked, nobody is let in.
/// </summary>
internal sealed partial class DiagnosticsGate(KubernetesClient kubernetes, TimeProvider clock, ILogger<DiagnosticsGate> logger) : IDisposable
{
    /// <summary>What a token must have been made for. One for the Kubernetes API is refused, so that nobody hands this process a key to the cluster.</summary>
    public const string Audience = "caphr";

    private const string Scheme = "Bearer ";
    private const int LongestToken = 16 * 1024;
    private const int MostAnswers = 4096;
    private const int MostReviews = 8;

    /// <summary>How long a role or a token that was taken away may still count.</summary>
    private static readonly TimeSpan s_answerLives = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<(string TokenHash, string Path), Answer> _answers = [];
    private readonly SemaphoreSlim _reviews = new(MostReviews);

    /// <summary>Null: come in.</summary>
    public async Task<DiagnosticsFailure?> CheckAsync(string authorization, string path, CancellationToken cancellation)
    {
        if (!authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || authorization[Scheme.Length..].Trim() is not { Length: > 0 and <= LongestToken } token)
            return new DiagnosticsFailure(DiagnosticsError.Unauthenticated, $"Say who you are with a bearer token, such as `kubectl create token NAME --audience={Audience}` makes.");

        var key = (Hash(token), path);
        if (_answers.TryGetValue(key, out var known) && clock.GetElapsedTime(known.Since) < s_answerLives) return known.Refusal;

        // Whoever guesses tokens makes this process ask for each: not more at once than the API server will hardly notice.
        if (!await _reviews.WaitAsync(TimeSpan.Zero, cancellation)) return new DiagnosticsFailure(DiagnosticsError.Unavailable, "Too many ask at the same time. Ask again.");
        try
        {
            var refusal = await ReviewAsync(token, path, cancellation);
            // That Kubernetes cannot be asked is no answer about anybody.
            if (refusal is { Error: DiagnosticsError.Unavailable }) return refusal;
            if (_answers.Count >= MostAnswers) _answers.Clear();
            _answers[key] = new Answer(refusal, clock.GetTimestamp());
            return refusal;
        }
        finally
        {
            _reviews.Release();
        }
    }

    public void Dispose() => _reviews.Dispose();

    private async Task<DiagnosticsFailure?> ReviewAsync(string token, string path, CancellationToken cancellation)
    {
        var asked = new TokenReview { Spec = new TokenReviewSpec { Token = token, Audiences = [Audience] } };
        if (!(await kubernetes.CreateAsync(asked, cancellation)).TryGet(out var review, out var failure)) return Unasked(failure);
        // An API server that knows no audiences says none, and then nobody has said that the token is meant for us.
        if (!review.Status.Authenticated || !review.Status.Audiences.Contains(Audience))
            return new DiagnosticsFailure(DiagnosticsError.Unauthenticated, $"Kubernetes does not know this token, or it was not made for the audience {Audience}, or it has expired.");

        var user = review.Status.User;
        var wish = new SubjectAccessReview
        {
            Spec = new SubjectAccessReviewSpec
            {
                User = user.Username,
                Uid = user.Uid,
                Groups = user.Groups,
                Extra = user.Extra,
                NonResourceAttributes = new NonResourceAttributes { Path = path, Verb = "get" },
            },
        };
        if (!(await kubernetes.CreateAsync(wish, cancellation)).TryGet(out var access, out failure)) return Unasked(failure);
        if (access.Status is { Allowed: true, Denied: false }) return null;
        Log.Refused(logger, user.Username, path);
        return new DiagnosticsFailure(DiagnosticsError.NotAllowed, $"{user.Username} may not get {path}: bind the ClusterRole caphr-viewer, or one that allows this path.");
    }

    private static DiagnosticsFailure Unasked(KubernetesFailure failure) =>
        new(DiagnosticsError.Unavailable, $"Kubernetes cannot be asked who you are and what you may read, so nobody is told anything: {failure.Message}");

    private static string Hash(string token) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    private readonly record struct Answer(DiagnosticsFailure? Refusal, long Since);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Diagnostics were refused to {User}, who may not get {Path}")]
        public static partial void Refused(ILogger logger, string user, string path);
    }
}
