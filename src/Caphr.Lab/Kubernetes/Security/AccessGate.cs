using Caphr.Lab.Kubernetes.Objects;

namespace Caphr.Lab.Kubernetes.Security;

/// <summary>Where requests are let through or refused, and written down either way. Questions about what somebody may do do not pass here.</summary>
internal sealed class AccessGate(RoleAuthorizer authorizer, AccessBook book)
{
    /// <summary>Null when it is allowed.</summary>
    public Refusal? Check(LabUser user, AccessRequest request)
    {
        var isAllowed = authorizer.Allows(user, request);
        book.Note(user, request, isAllowed);
        return isAllowed ? null : request.Refuse(user);
    }
}
