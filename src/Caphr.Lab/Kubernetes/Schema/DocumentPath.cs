using System.Globalization;

namespace Caphr.Lab.Kubernetes.Schema;

/// <summary>Where in a document something is. Every node is visited and hardly any is complained of, so the words are only made for those.</summary>
internal sealed class DocumentPath
{
    public static readonly DocumentPath Root = new(parent: null, "", index: -1);

    private readonly DocumentPath? _parent;
    private readonly string _name;
    private readonly int _index;

    private DocumentPath(DocumentPath? parent, string name, int index) => (_parent, _name, _index) = (parent, name, index);

    public DocumentPath Member(string name) => new(this, name, index: -1);

    public DocumentPath Item(int index) => new(this, "", index);

    /// <summary>As in <c>spec.disks[0].serial</c>; empty for the document itself.</summary>
    public override string ToString()
    {
        if (_parent is null) return "";
        var above = _parent.ToString();
        return _index >= 0 ? string.Create(CultureInfo.InvariantCulture, $"{above}[{_index}]") : above.Length == 0 ? _name : $"{above}.{_name}";
    }
}
