using System.Security.Cryptography;
using System.Text;
using Caphr.Protocols.Robot;

namespace Caphr.Host.Robot;

/// <summary>By what replicas tell each other which login was rejected, and no more than that.</summary>
internal static class LoginPrint
{
    // Slow to compute, because it is written down where others may read it, and passwords can be guessed.
    private const int Iterations = 100_000;

    public static string Of(RobotCredentials credentials) => Convert.ToHexStringLower(
        Rfc2898DeriveBytes.Pbkdf2(credentials.Password, Encoding.UTF8.GetBytes($"caphr robot {credentials.User}"), Iterations, HashAlgorithmName.SHA256, 16));
}
