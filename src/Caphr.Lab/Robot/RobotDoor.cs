using System.Net;
using System.Security.Cryptography;
using System.Text;
using Caphr.Lab.World;

namespace Caphr.Lab.Robot;

/// <summary>Basic authentication, and the block of an address after three wrong logins.</summary>
internal sealed class RobotDoor(LabRobotOptions options, LabTime time)
{
    private const int Strikes = 3;

    public static RobotReply Unauthorized => RobotReply.Error(401, "UNAUTHORIZED", "Unauthorized");

    private static readonly TimeSpan s_blockTime = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, (int Failed, DateTimeOffset Until)> _strikes = [];
    private readonly byte[] _first = LoginOf(options.User, options.Password);
    private readonly byte[] _changed = LoginOf(options.User, options.Password + "-new");

    /// <param name="isChanged">Whether the second password counts.</param>
    /// <param name="blocked">What a blocked address is told: how that looks on the wire is not documented.</param>
    /// <returns>The refusal, or null for a caller who may come in.</returns>
    public RobotReply? Refuse(IPAddress caller, string? authorization, bool isChanged, RobotReply blocked)
    {
        lock (_gate)
        {
            var (failed, until) = _strikes.GetValueOrDefault(caller);
            if (until <= time.Now) failed = 0;

            if (failed >= Strikes) return blocked;
            if (CryptographicOperations.FixedTimeEquals(isChanged ? _changed : _first, Encoding.UTF8.GetBytes(authorization ?? "")))
            {
                _strikes.Remove(caller);
                return null;
            }

            _strikes[caller] = (failed + 1, time.Now + time.Scaled(s_blockTime));
            return Unauthorized;
        }
    }

    private static byte[] LoginOf(string user, string password) => Encoding.UTF8.GetBytes($"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))}");
}
