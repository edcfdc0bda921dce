using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Caphr.Host.Journals;

/// <summary>Binds the managed provider, which looks for "e_sqlite3", to the distribution's SQLite, which is patched by the distribution.</summary>
internal static class SqliteLibrary
{
    private static readonly Lazy<bool> s_bound = new(Bind);

    public static void EnsureBound() => _ = s_bound.Value;

    private static bool Bind()
    {
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        return true;
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        name == "e_sqlite3" ? NativeLibrary.Load("libsqlite3.so.0") : nint.Zero;
}
