//! `ringside user`: the accounts. Passwords are asked for, never given as arguments, which
//! other users of the machine could read.

use std::io::{self, BufRead, IsTerminal};

use clap::Subcommand;
use domain::{ids::Extension, role::Role};

use super::CliError;
use crate::{
    config::{Config, listed},
    password,
    store::{
        Store,
        accounts::{Account, NewAccount},
    },
};

#[derive(Debug, Subcommand)]
pub enum User {
    /// Make an account; the password is asked for, or read from standard input
    Add {
        login: String,
        /// The name that colleagues see
        #[arg(long)]
        name: String,
        /// agent, supervisor or admin
        #[arg(long, default_value = "agent")]
        role: Role,
        /// The extensions that the account may take: 1000,1001 or 1000-1011 or all
        #[arg(long, default_value = "", value_parser = extens)]
        extens: Extens,
        /// Hide customers' numbers and notes of other calls from this account
        #[arg(long)]
        masked: bool,
    },
    /// List the accounts
    List,
    /// Shut an account and end its sessions
    Disable { login: String },
    /// Open an account again
    Enable { login: String },
    /// Change a password and end the account's sessions
    Password { login: String },
}

/// What `--extens` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Extens {
    /// Every configured one.
    All,
    These(Vec<Extension>),
}

fn extens(text: &str) -> Result<Extens, String> {
    match text.trim() {
        "all" => Ok(Extens::All),
        "" => Ok(Extens::These(Vec::new())),
        list => listed(list.split(',').map(str::trim))
            .map(Extens::These)
            .map_err(|bad| format!("found {bad:?}, expected all, an extension or a range such as 1000-1011")),
    }
}

impl User {
    /// Does it; answers what to print. `ask` asks for a password where one is needed.
    pub(super) async fn run(
        self,
        store: &Store,
        config: &Config,
        ask: fn() -> Result<String, CliError>,
    ) -> Result<String, CliError> {
        match self {
            Self::Add { login, name, role, extens, masked } => {
                let extens = match extens {
                    Extens::All => config.pbx.extensions.clone(),
                    Extens::These(extens) => extens,
                };
                if extens.is_empty() && role == Role::Agent {
                    return Err(CliError::NoExtens);
                }
                if masked && role.watches_floor() {
                    return Err(CliError::MaskedFloor);
                }
                if store.credentials(&login).await?.is_some() {
                    return Err(CliError::Taken(login));
                }
                let hash = password::hash(&ask()?).await?;
                let new = NewAccount { login: login.clone(), name, role, whole_record: !masked, extens };
                match store.add_account(&new, &hash).await? {
                    Some(_) => Ok(format!("{login} can sign in as {}.", role.as_str())),
                    None => Err(CliError::Taken(login)),
                }
            }
            Self::List => Ok(table(&store.accounts().await?)),
            Self::Disable { login } => {
                let found = store.set_disabled(&login, true).await?;
                told(found, login, "cannot sign in any more; open sessions end within seconds.")
            }
            Self::Enable { login } => {
                let found = store.set_disabled(&login, false).await?;
                told(found, login, "can sign in again.")
            }
            Self::Password { login } => {
                if store.credentials(&login).await?.is_none() {
                    return Err(CliError::NoAccount(login));
                }
                let hash = password::hash(&ask()?).await?;
                let found = store.set_password(&login, &hash).await?;
                told(found, login, "has a new password; open sessions end within seconds.")
            }
        }
    }
}

fn told(found: bool, login: String, what: &str) -> Result<String, CliError> {
    if found { Ok(format!("{login} {what}")) } else { Err(CliError::NoAccount(login)) }
}

/// At a terminal: twice, unseen. Otherwise: the first line of standard input.
pub(super) fn ask() -> Result<String, CliError> {
    if !io::stdin().is_terminal() {
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line)?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    let password = rpassword::prompt_password("Password: ")?;
    if rpassword::prompt_password("Again: ")? == password { Ok(password) } else { Err(CliError::Differ) }
}

fn table(accounts: &[Account]) -> String {
    if accounts.is_empty() {
        return "There are no accounts yet: `ringside user add` makes one.".to_owned();
    }
    let rows = accounts.iter().map(|account| {
        let extens: Vec<_> = account.extens.iter().map(Extension::as_str).collect();
        let mut marks = Vec::new();
        if account.disabled {
            marks.push("disabled");
        }
        if !account.whole_record {
            marks.push("masked");
        }
        format!(
            "{:<16} {:<10} {:<24} {} {}",
            account.login,
            account.role.as_str(),
            account.name,
            extens.join(","),
            marks.join(" ")
        )
        .trim_end()
        .to_owned()
    });
    rows.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_are_a_list_a_range_or_all() {
        let these = |list: &[&str]| Ok(Extens::These(list.iter().map(|exten| Extension::from(*exten)).collect()));
        assert_eq!(extens("1000-1002, 1010"), these(&["1000", "1001", "1002", "1010"]));
        assert_eq!(extens(""), these(&[]));
        assert_eq!(extens("all"), Ok(Extens::All));
        assert!(extens("some").unwrap_err().contains("\"some\""));
    }

    fn long_enough() -> Result<String, CliError> {
        Ok("một mật khẩu dài".to_owned())
    }

    fn add(login: &str, role: Role, extens: Extens) -> User {
        User::Add { login: login.into(), name: "Nguyễn Hoài An".into(), role, extens, masked: false }
    }

    #[tokio::test]
    async fn accounts_are_made_listed_changed_and_shut() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("ringside.db")).await.unwrap();
        let config = Config::default();
        let run = async |user: User| user.run(&store, &config, long_enough).await.map_err(|error| error.to_string());

        assert!(run(User::List).await.unwrap().contains("no accounts yet"));
        let no_extens = run(add("an", Role::Agent, Extens::These(vec![]))).await;
        assert!(no_extens.unwrap_err().contains("--extens 1000-1011"));
        assert_eq!(run(add("an", Role::Agent, Extens::All)).await.unwrap(), "an can sign in as agent.");
        assert!(run(add("AN", Role::Admin, Extens::All)).await.unwrap_err().contains("is taken"));
        let listed = run(User::List).await.unwrap();
        assert!(listed.contains("Nguyễn Hoài An") && listed.contains("1000,1001,"), "{listed}");

        for user in [User::Password { login: "an".into() }, User::Disable { login: "an".into() }] {
            run(user).await.unwrap();
        }
        assert!(run(User::List).await.unwrap().ends_with("disabled"));
        run(User::Enable { login: "an".into() }).await.unwrap();
        assert!(!run(User::List).await.unwrap().contains("disabled"));
        for user in [User::Password { login: "x".into() }, User::Disable { login: "x".into() }] {
            assert!(run(user).await.unwrap_err().contains("no account \"x\""));
        }
        let short: fn() -> Result<String, CliError> = || Ok("short".to_owned());
        let refused = add("chi", Role::Supervisor, Extens::These(vec![])).run(&store, &config, short).await;
        assert!(refused.unwrap_err().to_string().contains("at least 10"));
    }
}
