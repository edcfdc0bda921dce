using System.Globalization;
using Caphr.Lab.Tests.Kubernetes;

namespace Caphr.Lab.Tests.Crds;

/// <summary>One API server with everything in deploy/crds and deploy/policies, for all tests of a class.</summary>
public sealed class CrdLab : IAsyncLifetime
{
    private int _names;

    internal LabSession Lab { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Lab = await LabSession.StartAsync();
        var repository = Repository.Find()!;
        Assert.Null(await CustomResources.InstallAsync(Lab.Server.BaseAddress, repository.Crds, default));
        Assert.Null(await CustomResources.InstallAsync(Lab.Server.BaseAddress, repository.Policies, default));
    }

    public Task DisposeAsync() => Lab.DisposeAsync().AsTask();

    internal string NextName() => string.Create(CultureInfo.InvariantCulture, $"object-{++_names}");
}
