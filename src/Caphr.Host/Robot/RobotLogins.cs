using Caphr.Protocols.Robot;

namespace Caphr.Host.Robot;

/// <summary>The connection of the present login. When the Secret has changed, the old one ends with the last call that uses it.</summary>
internal sealed class RobotLogins(Func<RobotCredentials, RobotClient> connect, Func<RobotCredentials, string> print)
{
    private readonly Lock _gate = new();
    private Login? _present;

    /// <summary>Until it is disposed.</summary>
    public Lease Rent(RobotCredentials credentials)
    {
        lock (_gate)
        {
            if (_present?.Credentials != credentials)
            {
                Release(_present);
                _present = new Login(credentials, connect(credentials), print(credentials)) { Users = 1 };
            }

            _present.Users++;
            return new Lease(this, _present);
        }
    }

    public void Close()
    {
        lock (_gate)
        {
            Release(_present);
            _present = null;
        }
    }

    private static void Release(Login? login)
    {
        if (login is not null && --login.Users == 0) login.Client.Dispose();
    }

    internal sealed class Lease(RobotLogins logins, Login login) : IDisposable
    {
        public string User => login.Credentials.User;

        public string Print => login.Print;

        public RobotClient Client => login.Client;

        public void Dispose()
        {
            lock (logins._gate) Release(login);
        }
    }

    internal sealed class Login(RobotCredentials credentials, RobotClient client, string print)
    {
        public RobotCredentials Credentials { get; } = credentials;

        public RobotClient Client { get; } = client;

        /// <summary>Those who call through it, and the one who keeps it.</summary>
        public int Users { get; set; }

        public string Print { get; } = print;
    }
}
