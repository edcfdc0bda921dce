namespace Caphr.Lab.Robot;

/// <summary>Finds the endpoint that a path is meant for.</summary>
internal sealed class RobotRoutes(IEnumerable<RobotEndpoint> endpoints)
{
    private readonly (RobotEndpoint Endpoint, string[] Template)[] _all = [.. endpoints.Select(endpoint => (endpoint, Parts(endpoint.Template)))];

    /// <returns>The endpoint, and a look-up of its path's parameters; null when there is none, or none with this method.</returns>
    public (RobotEndpoint Endpoint, Func<string, string> Parameter)? Find(HttpMethod method, string path)
    {
        var parts = Parts(path);
        foreach (var (endpoint, template) in _all)
        {
            if (endpoint.Method == method && Fits(template, parts)) return (endpoint, name => Value(template, parts, name));
        }

        return null;
    }

    private static string[] Parts(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    private static bool Fits(string[] template, string[] parts)
    {
        if (template.Length != parts.Length) return false;
        for (var i = 0; i < parts.Length; i++)
        {
            if (template[i][0] != '{' && template[i] != parts[i]) return false;
        }

        return true;
    }

    private static string Value(string[] template, string[] parts, string name)
    {
        var index = Array.IndexOf(template, $"{{{name}}}");
        return index < 0 ? "" : Uri.UnescapeDataString(parts[index]);
    }
}
