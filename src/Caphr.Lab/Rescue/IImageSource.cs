namespace Caphr.Lab.Rescue;

/// <summary>What a rescue system can download from.</summary>
public interface IImageSource
{
    /// <summary>Tells the sink how it goes: either that it failed, or that the file is there and then that all of it came. Nothing after power is gone.</summary>
    void Fetch(string url, IImageSink sink, CancellationToken power);
}

/// <summary>Where a download goes.</summary>
public interface IImageSink
{
    void Opened();

    void Ended(string sha256);

    /// <param name="why">In curl's words.</param>
    void Failed(string why);
}
