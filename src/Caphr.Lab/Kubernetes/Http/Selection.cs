using Caphr.Lab.Kubernetes.Objects;
using Caphr.Lab.Kubernetes.Store;
using Caphr.Lab.Kubernetes.Types;
using Caphr.Protocols;
using Microsoft.AspNetCore.Http;

namespace Caphr.Lab.Kubernetes.Http;

/// <summary>Which objects a list, a watch or a collective deletion is about.</summary>
internal sealed record Selection(LabelSelector Labels, FieldSelector Fields)
{
    public bool IsEverything => Labels == LabelSelector.Everything && Fields.SelectsEverything;

    public static Outcome<Selection, Refusal> Parse(HttpRequest request, ResourceType type)
    {
        if (!LabelSelector.Parse(request.Parameter("labelSelector")).TryGet(out var labels, out var refusal)) return refusal;
        if (!FieldSelector.Parse(request.Parameter("fieldSelector"), type).TryGet(out var fields, out refusal)) return refusal;
        return new Selection(labels, fields);
    }

    public bool Matches(StoredObject item) => Labels.Matches(item.Labels) && (Fields.SelectsEverything || Fields.Matches(item.Read()));
}
