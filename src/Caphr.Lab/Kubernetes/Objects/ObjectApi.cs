using System.Globalization;
using System.Text.Json.Nodes;
using Caphr.Lab.Kubernetes.Patching;
using Caphr.Lab.Kubernetes.Policies;
using Caphr.Lab.Kubernetes.Store;
using Caphr.Lab.Kubernetes.Types;
using Caphr.Protocols;

namespace Caphr.Lab.Kubernetes.Objects;

/// <summary>Create, update, patch, apply and delete: what the API server does around its store, for every kind alike.</summary>
internal sealed class ObjectApi(ObjectStore store, TypeRegistry types, Identities identities, TimeProvider clock)
{
    public const string DefinitionFinalizer = "customresourcecleanup.apiextensions.k8s.io";

    private static readonly string[] s_systemFields = ["uid", "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds", "generateName", "managedFields"];

    private readonly Lock _serving = new();
    private readonly AdmissionPolicies _policies = new(store);

    private string Now => Metadata.Timestamp(clock.GetUtcNow());

    public Outcome<StoredObject, Refusal> Create(ResourceType type, string inNamespace, JsonObject document, WriteOptions options)
    {
        if (CheckIdentity(type, inNamespace, document) is { } mismatch) return mismatch;
        if (document.ResourceVersion() is not null) return Refusal.BadRequest("resourceVersion should not be set on objects to be created");
        if (type.Namespaced && CheckNamespace(type, inNamespace, document.Name()) is { } noPlace) return noPlace;
        if (type.IsCustom && IsDefinitionDying(type)) return new Refusal(RefusalReason.MethodNotAllowed, "create not allowed while custom resource definition is terminating");

        var metadata = document.Child("metadata");
        if (document.Name().Length == 0)
        {
            if (metadata.TextAt("generateName") is not { Length: > 0 } prefix) return Refusal.Invalid(type, "", [FieldProblem.Required("metadata.name", "name or generateName is required")]);
            metadata["name"] = prefix + identities.Suffix();
        }

        if (type.Namespaced) metadata["namespace"] = inNamespace;
        else metadata.Remove("namespace");
        metadata["uid"] = identities.Uid();
        metadata["creationTimestamp"] = Now;
        metadata.Remove("deletionTimestamp");
        metadata.Remove("generation");
        document.DropEmptyMetadata();
        if (!options.IsApply) metadata.Remove("managedFields");
        if (CountsGenerations(type)) metadata["generation"] = 1L;
        document["apiVersion"] = type.GroupVersion;
        if (type.HasStatus && type.IsCustom) document.Remove("status");

        if (BuiltInRules.CheckReadable(type, document) is { } unreadable) return unreadable;
        BuiltInRules.Prepare(type, document, Now);
        if (Admission.Shape(type, document, options) is { } unknown) return unknown;
        if (Admission.Check(type, document, before: null).Failure is { } invalid) return invalid;

        if (!options.IsApply) FieldManagement.Claim(type, document, options.FieldManager, byApply: false, Now);
        if (_policies.Review(new AdmissionRequest("CREATE", type, Subresource.None, document, null, options.DryRun), options.Warnings) is { } denied) return denied;

        var key = new ObjectKey(type.GroupResource, type.Namespaced ? inNamespace : "", document.Name());
        if (store.Find(key) is not null) return Refusal.AlreadyExists(type.GroupResource, key.Name);
        if (options.DryRun) return StoredObject.Draft(key, document, type.Schema);
        return Put(type, key, null, document) is { } stored ? stored : Refusal.AlreadyExists(type.GroupResource, key.Name);
    }

    /// <summary>Stores what the change makes of the stored document; the change is asked again when another write came in between.</summary>
    public Outcome<StoredObject, Refusal> Change(
        ResourceType type, ObjectKey key, Subresource subresource, WriteOptions options, Func<JsonObject, Outcome<JsonObject, Refusal>> change)
    {
        while (true)
        {
            if (store.Find(key) is not { } current) return Refusal.NotFound(key.Resource, key.Name);
            var before = current.Read(type);
            if (!change(before.Copy()).TryGet(out var wanted, out var refusal)) return refusal;
            if (CheckIdentity(type, key.Namespace, wanted) is { } mismatch) return mismatch;
            if (wanted.Name() != key.Name) return Refusal.BadRequest($"the name of the object ({wanted.Name()}) does not match the name on the URL ({key.Name})");
            if (wanted.ResourceVersion() is { } version && version != before.ResourceVersion()) return Refusal.Modified(key.Resource, key.Name);
            if (wanted.Uid() is { Length: > 0 } uid && uid != current.Uid)
            {
                return Refusal.Conflict(key.Resource, key.Name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {current.Uid}");
            }

            if (Merge(type, wanted, before, subresource, options).Failure is { } invalid) return invalid;
            if (_policies.Review(new AdmissionRequest("UPDATE", type, subresource, wanted, before, options.DryRun), options.Warnings) is { } denied) return denied;
            if (Json.Same(wanted, before)) return current;
            if (options.DryRun) return StoredObject.Draft(key, wanted, type.Schema);
            if (wanted.IsBeingDeleted() && !HoldsOn(type, wanted))
            {
                if (Remove(key, current.Revision) is { } removed) return removed;
            }
            else if (Put(type, key, current.Revision, wanted) is { } stored)
            {
                return stored;
            }
        }
    }

    public Outcome<StoredObject, Refusal> Update(ResourceType type, ObjectKey key, Subresource subresource, JsonObject document, WriteOptions options)
    {
        // As in Kubernetes, custom resources may not be overwritten blindly; the built-in kinds here may.
        if (type.IsCustom && document.ResourceVersion() is null && store.Find(key) is not null)
        {
            return Refusal.Invalid(type, key.Name, [FieldProblem.Invalid("metadata.resourceVersion", 0, "must be specified for an update")]);
        }

        return Change(type, key, subresource, options, _ => document.Copy());
    }

    public Outcome<StoredObject, Refusal> Apply(ResourceType type, ObjectKey key, Subresource subresource, JsonObject applied, WriteOptions options)
    {
        if (CheckIdentity(type, key.Namespace, applied) is { } mismatch) return mismatch;
        if (applied.At("metadata", "managedFields") is not null) return Refusal.BadRequest("metadata.managedFields must be nil");
        if (applied.Name() != key.Name) return Refusal.BadRequest($"the name of the object ({applied.Name()}) does not match the name on the URL ({key.Name})");
        while (true)
        {
            if (store.Find(key) is not null)
            {
                return Change(type, key, subresource, options with { IsApply = true }, before => FieldManagement.Apply(type, before, applied, subresource, options, Now));
            }

            if (subresource != Subresource.None) return Refusal.NotFound(key.Resource, key.Name);
            var created = applied.Copy();
            FieldManagement.Claim(type, created, options.FieldManager, byApply: true, Now);
            var outcome = Create(type, key.Namespace, created, options with { IsApply = true });
            if (outcome.Failure is not { Reason: RefusalReason.AlreadyExists }) return outcome;
        }
    }

    /// <summary>The object in its last state, and whether it is gone or only marked.</summary>
    public Outcome<(StoredObject Object, bool Gone), Refusal> Delete(ResourceType type, ObjectKey key, DeleteOptions options)
    {
        while (true)
        {
            if (store.Find(key) is not { } current) return Refusal.NotFound(key.Resource, key.Name);
            if (options.Uid is { } uid && uid != current.Uid)
            {
                return Refusal.Conflict(key.Resource, key.Name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {current.Uid}");
            }

            if (options.ResourceVersion is { } version && version != current.Revision.ToString(CultureInfo.InvariantCulture)) return Refusal.Modified(key.Resource, key.Name);
            var document = current.Read(type);
            if (_policies.Review(new AdmissionRequest("DELETE", type, Subresource.None, null, document.Copy(), options.DryRun), options.Warnings) is { } denied) return denied;
            var finalizers = document.Finalizers().ToList();
            if (options.Propagation == "Foreground" && !finalizers.Contains(Metadata.ForegroundFinalizer)) finalizers.Add(Metadata.ForegroundFinalizer);
            if (options.Propagation == "Orphan" && !finalizers.Contains(Metadata.OrphanFinalizer)) finalizers.Add(Metadata.OrphanFinalizer);
            if (key.Resource == BuiltInTypes.Definitions && !document.IsBeingDeleted()) finalizers.Add(DefinitionFinalizer);
            document.SetFinalizers(finalizers);
            if (options.DryRun) return (current, !HoldsOn(type, document));
            if (!HoldsOn(type, document))
            {
                if (Remove(key, current.Revision) is { } removed) return (removed, true);
                continue;
            }

            if (document.IsBeingDeleted()) return (current, false);
            var metadata = document.Child("metadata");
            metadata["deletionTimestamp"] = Now;
            metadata["deletionGracePeriodSeconds"] = 0L;
            if (document.Generation() > 0) metadata["generation"] = document.Generation() + 1;
            if (type.Is("", "Namespace")) document.Child("status")["phase"] = "Terminating";
            if (Put(type, key, current.Revision, document) is { } marked) return (marked, false);
        }
    }

    /// <summary>Makes the wanted document one that may follow the stored one: who may write what, generation, shape, validity.</summary>
    private Outcome<Done, Refusal> Merge(ResourceType type, JsonObject wanted, JsonObject before, Subresource subresource, WriteOptions options)
    {
        if (subresource == Subresource.Status)
        {
            var managed = wanted.At("metadata", "managedFields")?.DeepClone();
            foreach (var name in wanted.Select(member => member.Key).Where(name => name != "status" && !before.ContainsKey(name)).ToList()) wanted.Remove(name);
            foreach (var (name, value) in before)
            {
                if (name != "status") wanted.Keep(name, value);
            }

            if (wanted["status"] is null) wanted.Remove("status");
            if (options.IsApply) wanted.Child("metadata")["managedFields"] = managed;
        }
        else if (type.HasStatus)
        {
            if (before["status"] is { } status) wanted.Keep("status", status);
            else wanted.Remove("status");
        }

        var metadata = wanted.Child("metadata");
        foreach (var field in s_systemFields)
        {
            if (field == "managedFields" && options.IsApply) continue;
            if (before.At("metadata", field) is { } value) metadata.Keep(field, value);
            else metadata.Remove(field);
        }

        if (!type.Namespaced) metadata.Remove("namespace");
        wanted.DropEmptyMetadata();
        metadata["resourceVersion"] = before.ResourceVersion();
        if (BuiltInRules.CheckReadable(type, wanted) is { } unreadable) return unreadable;
        BuiltInRules.Prepare(type, wanted, Now);
        if (Admission.Shape(type, wanted, options) is { } unknown) return unknown;
        if (before.Generation() > 0 && !SameSpec(type, wanted, before)) metadata["generation"] = before.Generation() + 1;
        if (!options.IsApply) FieldManagement.Track(type, wanted, before, subresource, options.FieldManager, Now);
        return Admission.Check(type, wanted, before);
    }

    private static bool SameSpec(ResourceType type, JsonObject one, JsonObject other)
    {
        return one.All(member => IsBeside(member.Key) || (other.TryGetPropertyValue(member.Key, out var value) && Json.Same(member.Value, value)))
            && other.All(member => IsBeside(member.Key) || one.ContainsKey(member.Key));

        bool IsBeside(string name) => name == "metadata" || (type.HasStatus && name == "status");
    }

    private static Refusal? CheckIdentity(ResourceType type, string inNamespace, JsonObject document)
    {
        if (document.TextAt("apiVersion") != type.GroupVersion)
        {
            return Refusal.BadRequest($"the API version in the data ({document.TextAt("apiVersion")}) does not match the expected API version ({type.GroupVersion})");
        }

        if (document.TextAt("kind") is { Length: > 0 } kind && kind != type.Kind && type.IsCustom) return Refusal.Invalid(type, document.Name(), [FieldProblem.Invalid("kind", document["kind"], $"must be {type.Kind}")]);
        if (document.TextAt("kind") != type.Kind) return Refusal.BadRequest($"the kind in the data ({document.TextAt("kind")}) does not match the expected kind ({type.Kind})");

        return type.Namespaced && document.Namespace().Length > 0 && document.Namespace() != inNamespace
            ? Refusal.BadRequest($"the namespace of the provided object does not match the namespace sent on the request")
            : null;
    }

    private Refusal? CheckNamespace(ResourceType type, string inNamespace, string name)
    {
        if (store.Find(new ObjectKey(BuiltInTypes.Namespaces, "", inNamespace)) is not { } found) return Refusal.NotFound(BuiltInTypes.Namespaces, inNamespace);
        return found.IsBeingDeleted
            ? new Refusal(RefusalReason.Forbidden, $"{type.GroupResource} \"{name}\" is forbidden: unable to create new content in namespace {inNamespace} because it is being terminated")
            {
                Resource = type.GroupResource,
                Name = name,
            }
            : null;
    }

    private bool IsDefinitionDying(ResourceType type) =>
        store.Find(new ObjectKey(BuiltInTypes.Definitions, "", type.GroupResource.ToString()))?.IsBeingDeleted is not false;

    private static bool CountsGenerations(ResourceType type) => type.IsCustom || type.Group is BuiltInTypes.DefinitionGroup or "admissionregistration.k8s.io";

    /// <summary>Someone still has something to do before the object may go.</summary>
    private static bool HoldsOn(ResourceType type, JsonObject document) =>
        document.Finalizers().Count > 0 || (type.Is("", "Namespace") && document.ItemsAt("spec", "finalizers").Any());

    private StoredObject? Put(ResourceType type, ObjectKey key, long? expected, JsonObject document)
    {
        var stored = store.Put(key, expected, document, type.Schema);
        if (stored is not null && key.Resource == BuiltInTypes.Definitions) ServeDefinitions();
        if (stored is not null) _policies.Follow(key.Resource);
        return stored;
    }

    private StoredObject? Remove(ObjectKey key, long expected)
    {
        var removed = store.Remove(key, expected);
        if (removed is not null && key.Resource == BuiltInTypes.Definitions) ServeDefinitions();
        if (removed is not null) _policies.Follow(key.Resource);
        return removed;
    }

    private void ServeDefinitions()
    {
        lock (_serving) types.Serve(store.List(BuiltInTypes.Definitions, null).Items.Select(definition => definition.Read()));
    }
}
