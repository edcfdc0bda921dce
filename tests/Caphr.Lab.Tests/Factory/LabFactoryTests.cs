using System.Net;
using System.Text;
using Caphr.Lab.Factory;

namespace Caphr.Lab.Tests.Factory;

public sealed class LabFactoryTests : IAsyncLifetime
{
    private const string Schematic = "376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba";

    private readonly LabFactory _factory = new();
    private readonly HttpClient _http = new();

    public async Task InitializeAsync()
    {
        await _factory.StartAsync(default);
        _http.BaseAddress = _factory.BaseAddress;
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _factory.DisposeAsync();
    }

    [Fact]
    public async Task An_image_is_a_zstd_file_of_the_announced_length()
    {
        using var response = await _http.GetAsync(Image("v1.12.3", "metal-amd64.raw.zst"));
        var image = await response.Content.ReadAsByteArrayAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(response.Content.Headers.ContentLength, image.Length);
        Assert.Equal([0x28, 0xB5, 0x2F, 0xFD], image[..4]);
        Assert.Contains($"Talos v1.12.3 of schematic {Schematic}", Encoding.ASCII.GetString(image), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_question_for_the_length_gets_no_body()
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, Image("v1.12.3", "metal-amd64.raw.zst"));
        using var response = await _http.SendAsync(request);

        Assert.True(response.Content.Headers.ContentLength > 0);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("v1.12.3", "metal-arm64.raw.zst")]
    [InlineData("1.12.3", "metal-amd64.raw.zst")]
    public async Task What_the_factory_does_not_make_is_not_found(string version, string file)
    {
        using var response = await _http.GetAsync(Image(version, file));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    private static Uri Image(string version, string file) => new($"/image/{Schematic}/{version}/{file}", UriKind.Relative);
}
