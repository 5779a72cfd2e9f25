//! Config and icons stay at the root, everything else of Tauri's under src-tauri/.

fn main() {
    for path in ["src-tauri/capabilities", "src-tauri/permissions", "icons"] {
        println!("cargo:rerun-if-changed={path}");
    }
    let manifest = tauri_build::AppManifest::new().permissions_path_pattern("./src-tauri/permissions/*.toml");
    let attributes =
        tauri_build::Attributes::new().capabilities_path_pattern("./src-tauri/capabilities/*.json").app_manifest(manifest);
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo:error={error:#}");
    }
}
