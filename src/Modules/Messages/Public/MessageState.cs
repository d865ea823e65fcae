namespace Huitou.Messages.Public;

/// <summary>
/// What became of a message. <see cref="Sending"/> is stored before the outside is called: found again after a crash it is
/// <see cref="Unknown"/>, which is shown and never guessed. <see cref="Stopped"/>: the door did not let it out (<see cref="ContactDoor"/>).
/// </summary>
public enum MessageState { Waiting, Sending, Sent, Failed, Unknown, Stopped }
