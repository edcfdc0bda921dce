using System.Text;
using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Http;
using Caphr.Lab.Kubernetes.Objects;
using Caphr.Lab.Kubernetes.Security;
using Caphr.Lab.Kubernetes.Store;
using Caphr.Lab.Kubernetes.Types;
using Caphr.Lab.Kubernetes.Upkeep;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Caphr.Lab.Kubernetes;

/// <summary>
/// A Kubernetes API server in memory: enough of one that kubectl and controllers work against it as against a real cluster. It speaks plain
/// HTTP with anybody, or TLS with those it knows (<see cref="LabKubernetesOptions.Security"/>).
/// Nothing runs in it but the garbage collector and the deletion of namespaces and CRDs.
/// </summary>
public sealed class LabKubernetes : IAsyncDisposable
{
    private static readonly string[] s_firstNamespaces = ["default", "kube-system"];
    private static readonly LabUser s_administrator = new("lab-admin", RoleAuthorizer.Masters);

    private readonly LabKubernetesOptions _options;
    private readonly CancellationTokenSource _stopping = new();
    private readonly AccessBook _accesses = new();
    private readonly ObjectStore _store;
    private readonly TypeRegistry _types;
    private readonly LabAuthority? _authority;
    private readonly ApiHandler _handler;
    private readonly Lazy<WebApplication> _web;
    private readonly UpkeepLoop _upkeep;
    private Task _upkeepTask = Task.CompletedTask;

    public LabKubernetes(LabKubernetesOptions options)
    {
        _options = options;
        _store = new ObjectStore(options.HistoryLimit);
        _types = new TypeRegistry(options.Foundation?.Types);
        var types = _types;
        if (options.Foundation is { } foundation) _store.Restore(foundation.Objects, foundation.Revision);
        var api = new ObjectApi(_store, types, new Identities(new Random(options.Seed)), options.Clock);
        if (options.Foundation is null) CreateFirsts(types, api);
        // As with a cluster that was there before its client: what happened until now cannot be watched any more.
        _store.Compact();

        _upkeep = new UpkeepLoop(_store, new GarbageCollector(types, api), new ContainerUpkeep(_store, types, api), options.Clock);
        var lists = new Lists(_store, options.Clock);
        var watches = new Watches(_store, Faults, options, _stopping.Token);
        if (options.Security is not null) _authority = new LabAuthority(options.Clock.GetUtcNow());
        var authentication = new Authentication(_authority, options.Security, s_administrator, options.Clock);
        var authorizer = new RoleAuthorizer(_store, options.Security?.Authorization == true);
        var gate = new AccessGate(authorizer, _accesses);
        var objects = new ObjectRoutes(_store, types, api, lists, watches, new Reviews(authentication, authorizer, options.Clock), gate, options.Clock);
        _handler = new ApiHandler(Faults, authentication, gate, new Discovery(types), new OpenApi(types), objects, options);
        _web = new Lazy<WebApplication>(Serve);
    }

    public Faults Faults { get; } = new();

    /// <summary>For those who only look.</summary>
    internal ObjectStore Store => _store;

    /// <summary>Known once started. Of two doors, the back door.</summary>
    public Uri BaseAddress => LabWeb.AddressesOf(_web.Value).MinBy(address => address.Scheme, StringComparer.Ordinal)!;

    /// <summary>Where nobody is served who is not known. Known once started.</summary>
    public Uri SecureAddress => LabWeb.AddressesOf(_web.Value).Single(address => address.Scheme == Uri.UriSchemeHttps);

    /// <summary>What was asked for and by whom, each once, however often it was asked.</summary>
    public IReadOnlyCollection<LabAccess> Accesses => _accesses.All;

    private bool HasBackDoor => _options.Security?.BackDoor == true;

    public async Task StartAsync(CancellationToken cancellation = default)
    {
        await _web.Value.StartAsync(cancellation);
        _upkeepTask = Task.Run(() => _upkeep.RunAsync(_stopping.Token), CancellationToken.None);
    }

    /// <summary>Everything that <see cref="StartAsync"/> begins but the socket: it goes on where it was begun, and <see cref="AnswerAsync"/> is the way in.</summary>
    public void StartUnheard() => _upkeepTask = _upkeep.RunAsync(_stopping.Token);

    /// <summary>Answers a request that came over no network. A watch is answered until it is aborted.</summary>
    public Task AnswerAsync(HttpContext context) => _handler.HandleAsync(context);

    /// <summary>What is here now, for others to begin with. Not while it is written to.</summary>
    public LabFoundation Found() => new(_store.All(), _store.Revision, _types.Reading);

    /// <summary>Forgets the history, so that every watch from an older resourceVersion gets 410 Gone.</summary>
    public void CompactHistory() => _store.Compact();

    /// <summary>
    /// Readable by its owner only: it may hold a credential. Without one named, a secured server gives a certificate of an administrator, and one with a
    /// back door the way through it.
    /// </summary>
    /// <param name="nameSpace">What commands that name none speak of.</param>
    public void WriteKubeconfig(string path, LabCredential? credential = null, string nameSpace = "default")
    {
        credential ??= _authority is null || HasBackDoor ? new LabCredential.None() : new LabCredential.Certificate(s_administrator);
        var text = KubeconfigText.For(credential is LabCredential.None ? BaseAddress : SecureAddress, _authority, credential, nameSpace);
        var ownersOnly = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) ownersOnly.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, ownersOnly);
        file.Write(Encoding.UTF8.GetBytes(text));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _upkeepTask;
        if (_web.IsValueCreated) await _web.Value.DisposeAsync();
        _stopping.Dispose();
        Faults.Dispose();
        _authority?.Dispose();
    }

    private WebApplication Serve()
    {
        var web = HasBackDoor ? LabWeb.BuildTwo(_options.Address, _options.Port, Secure) : LabWeb.Build(_options.Address, _options.Port, Secure);
        web.Run(_handler.HandleAsync);
        return web;
    }

    /// <summary>Any certificate gets through the handshake: whether it is worth anything is a matter of 401, not of a broken connection.</summary>
    private void Secure(ListenOptions endpoint)
    {
        if (_authority is null) return;
        endpoint.Protocols = HttpProtocols.Http1AndHttp2;
        endpoint.UseHttps(new HttpsConnectionAdapterOptions
        {
            ServerCertificate = _authority.ServerCertificate(_options.Address),
            ClientCertificateMode = ClientCertificateMode.AllowCertificate,
            ClientCertificateValidation = (_, _, _) => true,
        });
    }

    private static JsonObject Namespace(string name) => new() { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = name } };

    private void CreateFirsts(TypeRegistry types, ObjectApi api)
    {
        foreach (var name in s_firstNamespaces) CreateFirst(types, api, BuiltInTypes.Namespaces, Namespace(name));
        foreach (var (plural, document) in _options.Security?.Authorization == true ? FirstRoles.All : []) CreateFirst(types, api, new GroupResource(RoleAuthorizer.Group, plural), document);
    }

    private static void CreateFirst(TypeRegistry types, ObjectApi api, GroupResource resource, JsonObject document) =>
        api.Create(types.Preferred(resource)!, "", document, new WriteOptions { FieldManager = "lab" });
}
