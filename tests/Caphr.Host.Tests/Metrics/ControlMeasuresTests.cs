using Caphr.Host.Control;
using Caphr.Host.Tests.Control;

namespace Caphr.Host.Tests.Metrics;

public sealed class ControlMeasuresTests : IDisposable
{
    private readonly MeasuredHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void Writes_are_counted_by_kind_and_by_how_they_ended()
    {
        var claim = MeasuredHost.Claim(Objects.Now);
        _host.Measures.Wrote(claim, WriteDesk.Verdict.Done, Objects.Now);
        _host.Measures.Wrote(claim, WriteDesk.Verdict.Outrun, Objects.Now);
        _host.Measures.Wrote(claim, WriteDesk.Verdict.Outrun, Objects.Now);
        _host.Measures.Wrote(claim, new WriteDesk.Verdict.Refused(TimeSpan.Zero, IsNews: false), Objects.Now);

        Assert.Equal(
            [
                "caphr_writes_total{kind=\"HetznerRobotHost\",outcome=\"outrun\"} 2",
                "caphr_writes_total{kind=\"HetznerRobotHost\",outcome=\"refused\"} 1",
                "caphr_writes_total{kind=\"HetznerRobotHost\",outcome=\"written\"} 1",
            ],
            _host.Samples("caphr_writes_total"));
    }

    [Fact]
    public void A_machine_has_waited_from_when_it_was_made_until_its_claim_is_written()
    {
        var claim = MeasuredHost.Claim(Objects.Now.AddMinutes(-2));

        _host.Measures.Wrote(claim, WriteDesk.Verdict.Outrun, Objects.Now.AddSeconds(5));
        Assert.Empty(_host.Samples("caphr_claim_wait_seconds"));

        _host.Measures.Wrote(claim, WriteDesk.Verdict.Done, Objects.Now.AddSeconds(10));
        Assert.Contains("caphr_claim_wait_seconds_sum 130", _host.Samples("caphr_claim_wait_seconds"));
    }

    [Fact]
    public void A_machine_that_was_made_by_a_clock_ahead_of_ours_has_not_waited_less_than_nothing()
    {
        _host.Measures.Wrote(MeasuredHost.Claim(Objects.Now.AddSeconds(3)), WriteDesk.Verdict.Done, Objects.Now);
        Assert.Contains("caphr_claim_wait_seconds_sum 0", _host.Samples("caphr_claim_wait_seconds"));
    }

    [Fact]
    public void A_write_that_gives_nobody_a_server_is_no_end_of_a_wait()
    {
        var objects = new Objects();
        objects.AddHost(1);
        var status = ControlPlan.Make(objects.Look()).Writes.First(write => write.IsStatus);

        _host.Measures.Wrote(status, WriteDesk.Verdict.Done, Objects.Now);

        Assert.Empty(_host.Samples("caphr_claim_wait_seconds"));
    }

    [Fact]
    public void Looks_are_counted_and_timed()
    {
        _host.Measures.Looked(TimeSpan.FromMilliseconds(20), []);
        _host.Measures.Looked(TimeSpan.FromMilliseconds(30), []);

        var looks = _host.Samples("caphr_look_duration_seconds");
        Assert.Contains("caphr_look_duration_seconds_bucket{le=\"0.025\"} 1", looks);
        Assert.Contains("caphr_look_duration_seconds_count 2", looks);
    }
}
