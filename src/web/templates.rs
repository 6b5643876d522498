//! The templates: loaded and checked at start, once for each language.
//!
//! A template that names an unknown text, component or variable is an error, not an empty space.

use std::borrow::Cow;

use fluent_templates::fluent_bundle::FluentValue;
use serde::Serialize;
use tera::{Context, Kwargs, State, Tera, TeraResult, Value};

use super::assets::Assets;
use super::author;
use super::links;
use super::locale::{self, Arguments, Language};
use crate::base::foreign;
use crate::error::{Error, Result};

/// The templates in all languages.
#[derive(Debug)]
pub struct Templates {
    engines: Vec<(Language, Tera)>,
}

impl Templates {
    /// Loads every template.
    ///
    /// # Errors
    /// [`Error::Unavailable`] with the file and line that is wrong.
    pub fn load(assets: &Assets) -> Result<Templates> {
        let (texts, version) = (assets.templates()?, assets.version());
        let engine = |language| -> Result<(Language, Tera)> {
            let mut tera = Tera::new();
            register(&mut tera, language, version.clone());
            tera.add_raw_templates(texts.iter().map(|(name, text)| (name.as_str(), text.as_str())))
                .map_err(|error| Error::Unavailable(format!("--assets: {error}")))?;
            Ok((language, tera))
        };
        Ok(Templates { engines: Language::ALL.into_iter().map(engine).collect::<Result<_>>()? })
    }

    /// Renders one template with the fields of a context.
    pub fn render(&self, language: Language, name: &str, context: &impl Serialize) -> Result<String> {
        let context = Context::from_serialize(context).map_err(Error::internal)?;
        let engine = self.engines.iter().find(|(engine, _)| *engine == language);
        let (_, tera) = engine.ok_or_else(|| Error::internal("no templates in that language"))?;
        tera.render(name, &context)
            .map(foreign::shown_page)
            .map_err(|error| Error::Internal(format!("template {name}: {error}")))
    }

    /// The names of all templates, for the test that renders each.
    pub fn names(&self) -> Vec<String> {
        let first = self.engines.first();
        first.map(|(_, tera)| tera.get_template_names().map(str::to_owned).collect()).unwrap_or_default()
    }
}

fn register(tera: &mut Tera, language: Language, assets_version: String) {
    tera.register_function("t", move |kwargs: Kwargs, _: &State<'_>| translate(language, &kwargs));
    tera.register_function("field_name", move |kwargs: Kwargs, _: &State<'_>| field_name(language, &kwargs));
    tera.register_function("author", move |kwargs: Kwargs, _: &State<'_>| -> TeraResult<String> {
        Ok(author::in_words(language, kwargs.must_get::<&str>("name")?))
    });
    tera.register_function("asset", move |kwargs: Kwargs, _: &State<'_>| -> TeraResult<String> {
        Ok(format!("/static/{}?v={assets_version}", kwargs.must_get::<&str>("file")?))
    });
    tera.register_filter("count", |number: i64, _: Kwargs, _: &State<'_>| locale::count(number));
    tera.register_filter("money", |money: &str, _: Kwargs, _: &State<'_>| locale::money(money));
    tera.register_filter("segment", |text: &str, _: Kwargs, _: &State<'_>| links::segment(text));
}

/// `t(key="...", name=value)`: a text of the catalogue. Whole numbers choose the plural.
fn translate(language: Language, kwargs: &Kwargs) -> TeraResult<String> {
    let key = kwargs.must_get::<&str>("key")?;
    let mut arguments = Arguments::new();
    for (name, value) in kwargs.iter() {
        if let Some(name) = name.as_str().filter(|name| *name != "key") {
            arguments.insert(Cow::from(name.to_owned()), fluent_value(name, value));
        }
    }
    locale::lookup(language, key, &arguments)
        .ok_or_else(|| tera::Error::message(format!("no text `{key}` in {}", language.tag())))
}

/// `field_name(prefix="...", name="...")`: what a field is called in words. One without words is named as it is: a page
/// that tells what is wrong must not fail itself. A test over all forms and filters finds it.
fn field_name(language: Language, kwargs: &Kwargs) -> TeraResult<String> {
    let name = kwargs.must_get::<&str>("name")?;
    let key = format!("{}{}", kwargs.must_get::<&str>("prefix")?, name.replace('_', "-"));
    Ok(locale::lookup(language, &key, &Arguments::new()).unwrap_or_else(|| name.to_owned()))
}

fn fluent_value(name: &str, value: &Value) -> FluentValue<'static> {
    if let Some(number) = value.as_i64() {
        return FluentValue::from(number);
    }
    let text =
        value.as_str().map_or_else(|| value.to_string(), |text| locale::shown(name, text).into_owned());
    FluentValue::from(text)
}
