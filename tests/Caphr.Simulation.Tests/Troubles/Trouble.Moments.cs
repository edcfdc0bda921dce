using Caphr.Actors.Servers;
using Caphr.Lab.World;
using Caphr.Lab.World.Faults;
using Caphr.Simulation.Tests.Checks;
using Caphr.Simulation.Tests.World;

namespace Caphr.Simulation.Tests.Troubles;

/// <summary>What matters only between two certain steps, and would hardly ever be drawn there: it waits for its moment.</summary>
internal abstract partial record Trouble
{
    /// <summary>Strikes the server of which the journal says this next, or the controller that says it.</summary>
    /// <param name="Moment">An event, by the name under which it is stored.</param>
    /// <param name="Later">So long after it.</param>
    public sealed record AtMoment(TimeSpan At, int Steps, string Moment, TimeSpan Later, Trouble Then) : Trouble(At, Steps)
    {
        /// <summary>As long as what comes after the last trouble is still a part of the storm.</summary>
        private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(4);

        public override string Kind => Then.Kind;

        public override bool Waits => true;

        public override string What => $"{Later.TotalSeconds:0.000} s after the next {Moment}: {Then.What}";

        public override void Strike(SimulatedWorld world)
        {
            var until = world.Clock.Elapsed + s_patience;
            world.Database.Appended += append =>
            {
                if (world.Clock.Elapsed > until || ServerActor.NumberOf(append.PersistenceId) is not { } server || !append.Entries.Any(entry => entry.Manifest == Moment)) return;
                // Once.
                until = TimeSpan.Zero;
                Aim(world, server.Value, Later, Then);
            };
        }
    }

    /// <summary>Strikes the first server that comes into a state from here on, or the controller that works it.</summary>
    /// <param name="State">By its name in docs/states.md.</param>
    /// <param name="Later">So long after it.</param>
    public sealed record InState(TimeSpan At, int Steps, string State, TimeSpan Later, Trouble Then) : Trouble(At, Steps)
    {
        public override string Kind => Then.Kind;

        public override bool Waits => true;

        public override string What => $"{Later.TotalSeconds:0.000} s after the next server is {State}: {Then.What}";

        public override void Strike(SimulatedWorld world)
        {
            var isOver = false;
            world.Watch.Moved += (server, state) =>
            {
                if (isOver || Pairs.NameOf(state) != State) return;
                isOver = true;
                Aim(world, server, Later, Then);
            };
        }
    }

    private static void Break(SimulatedWorld world, int server, ServerFault fault) => _ = world.Lab.Faults.Plan(new PlannedFault(new LabFault.OfServer(server, fault), new FaultMoment.AtOnce()));

    private static void Aim(SimulatedWorld world, int server, TimeSpan later, Trouble then)
    {
        var owner = world.Watch.OwnerOf(server);
        var place = world.Processes.Select((process, index) => (process, index)).FirstOrDefault(one => one.process.Member == owner).index;
        After(world, later, () =>
        {
            if (!world.IsHealed) then.Aimed(place, server).Come(world);
        });
    }

    /// <summary>Comes back in the worst moment: others have just taken over, and have not done anything yet.</summary>
    public sealed record Overtaken(TimeSpan At, int Steps, int Place, TimeSpan Behind) : Trouble(At, Steps)
    {
        private static readonly TimeSpan s_glance = TimeSpan.FromMilliseconds(20);

        /// <summary>Where nobody else is, nobody takes over.</summary>
        private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(90);

        public override string What => $"controller {Place} stands still until {Behind.TotalMilliseconds:0} ms after another has taken over";

        public override void Strike(SimulatedWorld world)
        {
            var process = world.Processes[Place];
            List<int> owned = [.. world.Lab.Servers.Select(server => server.Number).Where(number => world.Watch.OwnerOf(number) == process.Member)];
            process.StandStill();
            Look(world, process, owned, world.Clock.Elapsed + s_longest);
        }

        protected override Trouble Aimed(int place, int server) => this with { Place = place };

        private void Look(SimulatedWorld world, ControllerProcess process, List<int> owned, TimeSpan until)
        {
            if (!process.StandsStill) return;
            if (world.Clock.Elapsed < until && owned.TrueForAll(number => world.Watch.OwnerOf(number) == process.Member))
            {
                After(world, s_glance, () => Look(world, process, owned, until));
                return;
            }

            After(world, Behind, () =>
            {
                process.GoOn();
                world.Watch.WayWasNotWhole();
            });
        }
    }

    /// <summary>While it is in its rescue system somebody orders another for it, with the same key, and the power fails: what comes up then has proven nothing.</summary>
    public sealed record RescuedAnew(TimeSpan At, int Steps, int Server) : Trouble(At, Steps)
    {
        public override int? Victim => Server;

        public override string What => $"server {Server} loses its power, and boots another rescue system";

        public override void Strike(SimulatedWorld world)
        {
            if (world.Lab.Find(Server) is not { Running: RunningSystem.Rescue { Order: var order } } server) return;
            server.OrderRescue(order.Password, order.AuthorizedFingerprints, order.AuthorizedKeys);
            Break(world, Server, ServerFault.PowerLost);
        }

        protected override Trouble Aimed(int place, int server) => this with { Server = server };
    }

    /// <summary>Its Machine goes while it is in its rescue system, and the reset that is pressed for that does nothing: what still answers has been left.</summary>
    public sealed record GivenBackInVain(TimeSpan At, int Steps, int Server) : Trouble(At, Steps)
    {
        public override int? Victim => Server;

        public override string What => $"a person deletes the Machine of server {Server}, and its reset does nothing";

        public override void Strike(SimulatedWorld world)
        {
            Break(world, Server, ServerFault.ResetSilent);
            if (world.Watch.Mirror.HostOf(Server)?.Spec.ConsumerRef is { } consumer) Manifests.DeleteMachine(world.Person, consumer.Name);
        }

        protected override Trouble Aimed(int place, int server) => this with { Server = server };
    }

    /// <summary>It restarts, and nothing is on its disk that boots: no reset brings its node back, and the rescue system tells why.</summary>
    public sealed record NodeDies(TimeSpan At, int Steps, int Server) : Trouble(At, Steps)
    {
        public override int? Victim => Server;

        public override string What => $"the system disk of server {Server} dies, and its power fails";

        public override void Strike(SimulatedWorld world)
        {
            Break(world, Server, ServerFault.DiskDead);
            Break(world, Server, ServerFault.PowerLost);
        }

        protected override Trouble Aimed(int place, int server) => this with { Server = server };
    }

    /// <summary>A server that comes into the pool with somebody's data on all of its disks.</summary>
    public sealed record DisksTaken(TimeSpan At, int Steps, int Server) : Trouble(At, Steps)
    {
        private static readonly string[] s_untouched = [nameof(ServerPhase.Registered), nameof(ServerPhase.Available), nameof(ServerPhase.Claimed), nameof(ServerPhase.EnteringRescue)];

        public override int? Victim => Server;

        public override string What => $"somebody's data is on every disk of server {Server}";

        public override void Strike(SimulatedWorld world)
        {
            var server = world.Lab.Find(Server)!;
            // Where we have begun something, it is not somebody else's any more.
            if (!s_untouched.Contains(world.Watch.PhaseOf(Server)) || server.FindDisk(disk => disk.Content is not DiskContent.Empty) is not null) return;
            foreach (var disk in server.Description.Disks)
            {
                world.Watch.DiskIsForeign(disk);
                server.EndDiskWrite(disk, new DiskContent.OldLinux("somebody"), "by its owner");
            }
        }
    }

    /// <summary>More machines than there are servers, perhaps, and one controller that hears of it in another order than the rest.</summary>
    public sealed record Rush(TimeSpan At, int Steps, int Place, TimeSpan Late, int Machines) : Trouble(At, Steps)
    {
        public override string What => $"a person makes {Machines} Machines at once, while watches bring controller {Place} their events up to {Late.TotalSeconds:0} s late";

        public override void Strike(SimulatedWorld world)
        {
            new WatchesLate(At, Steps, Place, Late, 2 * Late).Strike(world);
            for (var number = 1; number <= Machines; number++) Manifests.ApplyMachine(world.Person, $"rush-{(int)At.TotalSeconds}-{number}", isControlPlane: false);
        }
    }
}
