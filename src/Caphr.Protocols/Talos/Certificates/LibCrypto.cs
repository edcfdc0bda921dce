using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Caphr.Protocols.Talos.Certificates;

/// <summary>The eight functions of libcrypto 3 that Ed25519 takes. .NET itself runs on the same library.</summary>
internal static partial class LibCrypto
{
    private const string Library = "libcrypto.so.3";
    private const int Ed25519 = 1087;
    private const int PublicKeyBytes = 32;
    private const int SignatureBytes = 64;

    public static KeyHandle NewEd25519(ReadOnlySpan<byte> seed) => Working(NewRawPrivateKey(Ed25519, 0, seed, (nuint)seed.Length));

    public static byte[] RawPublicKey(KeyHandle key)
    {
        var bytes = new byte[PublicKeyBytes];
        nuint length = PublicKeyBytes;
        Must(GetRawPublicKey(key, bytes, ref length));
        return bytes;
    }

    public static byte[] Sign(KeyHandle key, ReadOnlySpan<byte> data)
    {
        using var context = NewContext();
        if (context.IsInvalid) throw new CryptographicException("libcrypto has no memory for a signature.");
        // Ed25519 hashes by itself, so it is given no digest.
        Must(DigestSignInit(context, 0, 0, 0, key));
        var signature = new byte[SignatureBytes];
        nuint length = SignatureBytes;
        Must(DigestSign(context, signature, ref length, data, (nuint)data.Length));
        return signature;
    }

    private static KeyHandle Working(KeyHandle key) => key.IsInvalid ? throw new CryptographicException("libcrypto did not take the key.") : key;

    private static void Must(int result)
    {
        if (result != 1) throw new CryptographicException("libcrypto refused an Ed25519 operation.");
    }

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_new_raw_private_key")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial KeyHandle NewRawPrivateKey(int type, nint engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_get_raw_public_key")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetRawPublicKey(KeyHandle key, Span<byte> publicKey, ref nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_free")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void FreeKey(nint key);

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_new")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial ContextHandle NewContext();

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_free")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void FreeContext(nint context);

    [LibraryImport(Library, EntryPoint = "EVP_DigestSignInit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int DigestSignInit(ContextHandle context, nint keyContext, nint digest, nint engine, KeyHandle key);

    [LibraryImport(Library, EntryPoint = "EVP_DigestSign")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int DigestSign(ContextHandle context, Span<byte> signature, ref nuint signatureLength, ReadOnlySpan<byte> data, nuint length);

    internal sealed class KeyHandle() : SafeHandle(0, ownsHandle: true)
    {
        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            FreeKey(handle);
            return true;
        }
    }

    internal sealed class ContextHandle() : SafeHandle(0, ownsHandle: true)
    {
        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            FreeContext(handle);
            return true;
        }
    }
}
