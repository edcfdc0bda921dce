using System.Globalization;
using Caphr.Host.Control;
using Caphr.Lab.Robot;
using Caphr.Lab.World.Faults;
using Caphr.Simulation.Tests.World;

namespace Caphr.Simulation.Tests.Troubles;

/// <summary>Something that goes wrong, or that a person does, at one moment of a run.</summary>
/// <param name="At">When, on the virtual clock.</param>
/// <param name="Steps">And so many steps of the simulation after that, so that it strikes between any two.</param>
internal abstract partial record Trouble(TimeSpan At, int Steps)
{
    /// <summary>What coverage counts it as.</summary>
    public virtual string Kind => GetType().Name;

    public abstract string What { get; }

    /// <summary>The only server that it strikes; null: whoever is there.</summary>
    public virtual int? Victim => null;

    /// <summary>It only begins to wait for the moment in which another strikes.</summary>
    public virtual bool Waits => false;

    public abstract void Strike(SimulatedWorld world);

    /// <summary>Strikes, is noted, and is counted for the phases that it meets.</summary>
    public void Come(SimulatedWorld world)
    {
        world.Watch.Note(What);
        if (!Waits) world.Watch.Coverage.Struck(Kind, Victim is { } server ? [world.Watch.PhaseOf(server)] : world.Watch.Phases);
        world.Dispatcher.Run(() => Strike(world));
    }

    /// <summary>The same, at the controller and the server whose moment has come.</summary>
    protected virtual Trouble Aimed(int place, int server) => this;

    public sealed override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At:hh\\:mm\\:ss\\.f}+{Steps} {What}");

    protected static void After(SimulatedWorld world, TimeSpan span, Action then) => world.Clock.CreateTimer(_ => then(), null, span, Timeout.InfiniteTimeSpan);

    public sealed record Crash(TimeSpan At, int Steps, int Place, TimeSpan Down) : Trouble(At, Steps)
    {
        public override string What => $"controller {Place} is killed and started again after {Down.TotalSeconds:0} s";

        public override void Strike(SimulatedWorld world)
        {
            world.Kill(Place);
            After(world, Down, () =>
            {
                if (!world.Processes[Place].IsAlive) world.StartProcess(Place);
            });
        }

        protected override Trouble Aimed(int place, int server) => this with { Place = place };
    }

    public sealed record StandStill(TimeSpan At, int Steps, int Place, TimeSpan Span) : Trouble(At, Steps)
    {
        public override string What => $"controller {Place} stands still for {Span.TotalSeconds:0} s";

        public override void Strike(SimulatedWorld world)
        {
            var process = world.Processes[Place];
            process.StandStill();
            After(world, Span, () =>
            {
                process.GoOn();
                world.Watch.WayWasNotWhole();
            });
        }
    }

    public sealed record WatchesLate(TimeSpan At, int Steps, int Place, TimeSpan By, TimeSpan Span) : Trouble(At, Steps)
    {
        public override string What => $"watches bring controller {Place} their events up to {By.TotalSeconds:0} s late, for {Span.TotalSeconds:0} s";

        public override void Strike(SimulatedWorld world)
        {
            var wire = world.Processes[Place].Wire;
            wire.WatchesLate = By;
            After(world, Span, () => wire.WatchesLate = TimeSpan.Zero);
            After(world, Span + By, world.Watch.WayWasNotWhole);
        }
    }

    public sealed record LinkDown(TimeSpan At, int Steps, int? Place, Link Link, LinkState State, TimeSpan Span) : Trouble(At, Steps)
    {
        public override string Kind => $"{Link} {State}";

        public override string What => $"the way of {(Place is { } place ? $"controller {place}" : "all controllers")} to {Link} is {State} for {Span.TotalSeconds:0} s";

        public override void Strike(SimulatedWorld world)
        {
            Set(world, State);
            After(world, Span, () => Set(world, LinkState.Whole));
        }

        protected override Trouble Aimed(int place, int server) => this with { Place = place };

        private void Set(SimulatedWorld world, LinkState state)
        {
            if (Link is Link.Kubernetes or Link.Database) world.Watch.WayWasNotWhole();
            for (var place = 0; place < world.Processes.Count; place++)
            {
                if (Place is null || Place == place) world.Processes[place].Wire.Set(Link, state);
            }
        }
    }

    public sealed record AnswersLost(TimeSpan At, int Steps, int Place, Link Link, int Count) : Trouble(At, Steps)
    {
        public override string Kind => $"{Link} answers lost";

        public override string What => $"controller {Place} does not hear the next {Count} answers of {Link}";

        public override void Strike(SimulatedWorld world) => world.Processes[Place].Wire.LoseAnswers(Link, Count);
    }

    public sealed record OfLab(TimeSpan At, int Steps, LabFault Fault, TimeSpan? Span) : Trouble(At, Steps)
    {
        public override string Kind => Fault switch
        {
            LabFault.OfServer server => server.Kind.ToString(),
            LabFault.OfTalos talos => $"Talos {talos.Kind}",
            LabFault.OfRobot robot => $"Robot {robot.Kind}",
            LabFault.OfReply { Kind: RobotFault.Answer answer } => $"Robot answers {answer.Status}",
            LabFault.OfReply reply => $"Robot {reply.Kind.GetType().Name}",
            LabFault.OfApi api => $"Api {api.Kind}",
            _ => Fault.GetType().Name,
        };

        public override int? Victim => Fault switch
        {
            LabFault.OfServer server => server.Server,
            LabFault.OfTalos talos => talos.Server,
            _ => null,
        };

        public override string What => Span is { } span ? $"{Describe()} for {span.TotalSeconds:0} s" : Describe();

        public override void Strike(SimulatedWorld world)
        {
            if (Fault is LabFault.OfServer { Server: { } number, Kind: ServerFault.OldSystemOnDisk or ServerFault.LeftoverCeph or ServerFault.LeftoverRaid or ServerFault.LeftoverVolumeGroup })
            {
                // What a disk held before is gone in this moment; what it holds now is somebody's.
                world.Watch.DiskIsForeign(world.Lab.Find(number)!.Description.Disks[^1]);
            }

            _ = world.Lab.Faults.Plan(new PlannedFault(Fault, new FaultMoment.AtOnce()));
            if (Fault is LabFault.OfApi) world.Watch.WayWasNotWhole();
            if (Span is { } span) After(world, span, () => _ = world.Lab.Faults.Heal(Fault));
        }

        protected override Trouble Aimed(int place, int server) => Fault switch
        {
            LabFault.OfServer ofServer => this with { Fault = ofServer with { Server = server } },
            LabFault.OfTalos ofTalos => this with { Fault = ofTalos with { Server = server } },
            _ => this,
        };

        private string Describe() => Fault is LabFault.OfServer or LabFault.OfTalos ? Fault.ToString() : Kind;
    }

    /// <summary>What the clock of one controller shows is wrong from here on.</summary>
    public sealed record ClockWrong(TimeSpan At, int Steps, int Place, TimeSpan By) : Trouble(At, Steps)
    {
        public override string What => $"the clock of controller {Place} is {By.TotalSeconds:0} s wrong";

        public override void Strike(SimulatedWorld world) => world.Processes[Place].Clock.Wrong = By;
    }

    public sealed record Paused(TimeSpan At, int Steps, TimeSpan Span) : Trouble(At, Steps)
    {
        public override string What => $"a person pauses the cluster for {Span.TotalSeconds:0} s";

        public override void Strike(SimulatedWorld world)
        {
            Manifests.Pause(world.Person, paused: true);
            After(world, Span, () => Manifests.Pause(world.Person, paused: false));
        }
    }

    /// <summary>A login that was refused is not tried again before a person changes the Secret.</summary>
    public sealed record PasswordChanged(TimeSpan At, int Steps, TimeSpan SecretAfter) : Trouble(At, Steps)
    {
        public override string What => $"a person changes the password at Robot, and in the Secret after {SecretAfter.TotalSeconds:0} s";

        public override void Strike(SimulatedWorld world)
        {
            _ = world.Lab.Faults.Plan(new PlannedFault(new LabFault.OfRobot(RobotScenario.PasswordChanged), new FaultMoment.AtOnce()));
            After(world, SecretAfter, () => Manifests.ChangePassword(world.Person, "robot-demo-new"));
        }
    }

    public sealed record MachineDeleted(TimeSpan At, int Steps, int Machine, TimeSpan? Anew) : Trouble(At, Steps)
    {
        public override string What => Anew is { } anew ? $"a person deletes Machine {Machine}, and makes another after {anew.TotalSeconds:0} s" : $"a person deletes Machine {Machine}";

        public override void Strike(SimulatedWorld world)
        {
            Manifests.DeleteMachine(world.Person, SimulatedWorld.MachineName(Machine));
            if (Anew is { } anew) After(world, anew, () => Manifests.ApplyMachine(world.Person, $"{SimulatedWorld.MachineName(Machine)}-{(int)At.TotalSeconds}", isControlPlane: false));
        }
    }

    public sealed record Retried(TimeSpan At, int Steps, int Machine) : Trouble(At, Steps)
    {
        public override string What => $"a person asks for another try of Machine {Machine}";

        public override void Strike(SimulatedWorld world) => Manifests.AnnotateMachine(world.Person, SimulatedWorld.MachineName(Machine), Names.RetryAnnotation, $"at-{(int)At.TotalSeconds}");
    }

    public sealed record PasswordWrong(TimeSpan At, int Steps, TimeSpan Span) : Trouble(At, Steps)
    {
        public override string What => $"a person writes a wrong password for Robot, and the right one after {Span.TotalSeconds:0} s";

        public override void Strike(SimulatedWorld world)
        {
            var mistyped = $"mistyped-{(int)At.TotalSeconds}";
            world.Watch.PasswordIsWrong(mistyped);
            Manifests.ChangePassword(world.Person, mistyped);
            After(world, Span, () => Manifests.ChangePassword(world.Person, Manifests.Password));
        }
    }

    /// <summary>A Secret that a step needs next cannot be used until somebody mends it. Whatever fails at it must not cost a server its place.</summary>
    public sealed record SecretSpoiled(TimeSpan At, int Steps, string Name, string Key, TimeSpan Span) : Trouble(At, Steps)
    {
        private static readonly string s_rubbish = Convert.ToBase64String("rubbish"u8);

        public override string Kind => $"{Name} spoiled";

        public override string What => $"a person writes rubbish into Secret {Name}, and mends it after {Span.TotalSeconds:0} s";

        public override void Strike(SimulatedWorld world)
        {
            if (Manifests.ReadSecret(world.Person, Name, Key) is not { } good || good == s_rubbish) return;
            Manifests.WriteSecret(world.Person, Name, Key, s_rubbish);
            After(world, Span, () => Manifests.WriteSecret(world.Person, Name, Key, good));
        }
    }

    /// <summary>At every server at once, so that for a while most of them are where few ever are.</summary>
    public sealed record AllAnnotated(TimeSpan At, int Steps, string Annotation) : Trouble(At, Steps)
    {
        public override string Kind => $"{Annotation} everywhere";

        public override string What => $"a person sets {Annotation} on every server";

        public override void Strike(SimulatedWorld world)
        {
            foreach (var server in world.Lab.Servers) new HostAnnotated(At, Steps, server.Number, Annotation).Strike(world);
        }
    }

    public sealed record HostAnnotated(TimeSpan At, int Steps, int Server, string Annotation) : Trouble(At, Steps)
    {
        public override string Kind => Annotation;

        public override int? Victim => Server;

        public override string What => $"a person sets {Annotation} on server {Server}";

        public override void Strike(SimulatedWorld world)
        {
            world.Watch.PersonWants(Server);
            Manifests.AnnotateHost(world.Person, Server, Annotation, $"at-{(int)At.TotalSeconds}");
        }
    }
}
