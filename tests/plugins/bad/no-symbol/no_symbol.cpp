// Forgot PH_PLUGIN.
int nothingIsExported() {
  return 0;
}
