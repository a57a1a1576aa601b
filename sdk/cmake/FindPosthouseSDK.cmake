# Inside the tree the SDK's targets are there already, so that a plugin's CMakeLists.txt is the same in and out of it.
set(PosthouseSDK_VERSION ${posthouse_VERSION})
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(PosthouseSDK REQUIRED_VARS posthouse_SOURCE_DIR VERSION_VAR PosthouseSDK_VERSION)
