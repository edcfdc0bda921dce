using System.CommandLine;
using System.Text;

namespace Caphr.Host.Cli;

/// <summary><c>caphr completion</c>: what a shell needs to complete commands, made from the verbs themselves.</summary>
internal static class CompletionCommand
{
    /// <param name="root">All verbs; asked for when a script is made, because this verb is one of them.</param>
    public static Command Create(Func<RootCommand> root)
    {
        var shell = new Argument<string>("shell") { Description = "bash or zsh." };
        shell.AcceptOnlyFromAmong("bash", "zsh");
        var completion = new Command("completion", "Print a script that completes caphr's commands: source <(caphr completion bash).") { shell };
        completion.SetAction(parsed => parsed.InvocationConfiguration.Output.Write(parsed.GetValue(shell) == "zsh" ? Zsh(root()) : Bash(root())));
        return completion;
    }

    internal static string Bash(RootCommand root) =>
        $$"""
        # Completes caphr in bash. Load it with: source <(caphr completion bash)
        _caphr() {
          local current=${COMP_WORDS[COMP_CWORD]} at="" word offers=""
        {{Walk(root, "${COMP_WORDS[@]:1:COMP_CWORD-1}")}}
          COMPREPLY=($(compgen -W "$offers" -- "$current"))
          # Paths are anything that does not begin with a dash and is no verb.
          [[ ${#COMPREPLY[@]} -gt 0 || $current == -* ]] || COMPREPLY=($(compgen -f -- "$current"))
        }
        complete -F _caphr caphr

        """;

    internal static string Zsh(RootCommand root) =>
        $$"""
        #compdef caphr
        # Completes caphr in zsh. Load it with: source <(caphr completion zsh)
        _caphr() {
          local at="" word offers=""
        {{Walk(root, "${words[@]:1:$((CURRENT-2))}")}}
          compadd -- ${=offers} || _files
        }
        compdef _caphr caphr

        """;

    /// <summary>Goes down the verbs that were typed already, and knows what may follow the last of them.</summary>
    private static string Walk(RootCommand root, string typed)
    {
        var verbs = new StringBuilder();
        var follow = new StringBuilder();
        foreach (var (path, command) in Paths(root, path: ""))
        {
            if (path.Length > 0) verbs.Append(verbs.Length == 0 ? "" : "|").Append('"').Append(path).Append('"');
            follow.Append($"    \"{path}\") offers=\"{string.Join(' ', Words(command, root))}\" ;;\n");
        }

        return $"""
              for word in "{typed}"; do
                case "$at $word" in
                  {verbs}) at="$at $word" ;;
                esac
              done
              case "$at" in
            {follow.ToString().TrimEnd('\n')}
              esac
            """;
    }

    private static IEnumerable<(string Path, Command Command)> Paths(Command command, string path)
    {
        yield return (path, command);
        foreach (var below in command.Subcommands.Where(verb => !verb.Hidden).SelectMany(verb => Paths(verb, $"{path} {verb.Name}"))) yield return below;
    }

    private static IEnumerable<string> Words(Command command, RootCommand root) =>
    [
        .. command.Subcommands.Where(verb => !verb.Hidden).Select(verb => verb.Name),
        .. command.Options.Concat(root.Options.Where(option => option.Recursive)).Where(option => !option.Hidden).Distinct().Select(option => option.Name),
        .. command.Arguments.Any(argument => argument.Name == "shell") ? ["bash", "zsh"] : (IEnumerable<string>)[],
    ];
}
