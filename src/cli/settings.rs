//! The options that stand for settings, the same for every command.
use std::path::PathBuf;

use clap::Args;

use super::shown::Failure;
use crate::config::Flags;

/// Options over environment, file and default.
#[derive(Debug, Args)]
#[command(next_help_heading = "Settings (see `attesta config`)")]
pub(super) struct SettingsArgs {
    /// Settings file (default: attesta.toml in the data folder).
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder for the embedded database, the master key and captured mail.
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<String>,
    /// Address and port of the server.
    #[arg(long, global = true, value_name = "HOST:PORT")]
    listen: Option<String>,
    /// sqlite:PATH or postgres://...
    #[arg(long, global = true, value_name = "URL")]
    database_url: Option<String>,
    /// Mail server: smtp://... or smtps://...
    #[arg(long, global = true, value_name = "URL")]
    smtp_url: Option<String>,
    /// Where the world reaches this instance; the only source of links.
    #[arg(long, global = true, value_name = "URL")]
    public_url: Option<String>,
    /// Any other setting, such as --set log.format=json; can be repeated. A list is written a,b or as in the settings file.
    #[arg(long, global = true, value_name = "KEY=VALUE")]
    set: Vec<String>,
}

impl SettingsArgs {
    /// As the settings take them.
    pub(super) fn flags(&self) -> Result<Flags, Failure> {
        let mut flags = Flags::none()
            .with_file(self.config.clone())
            .with("data_dir", self.data_dir.as_deref())
            .with("listen", self.listen.as_deref())
            .with("database_url", self.database_url.as_deref())
            .with("smtp_url", self.smtp_url.as_deref())
            .with("public_url", self.public_url.as_deref());
        for pair in &self.set {
            let Some((key, value)) = pair.split_once('=') else {
                return Err(Failure::usage(format!("--set {pair}: write it as KEY=VALUE.")));
            };
            flags = flags.with_set(key.trim(), value.trim());
        }
        Ok(flags)
    }
}
