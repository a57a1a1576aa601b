# `cmake --install BUILD --component sdk --prefix P`: everything a plugin is built with, and nothing of the host.
# Nothing installed names the source tree or the build folder.
include(CMakePackageConfigHelpers)
set(PACKAGE lib/cmake/PosthouseSDK)

install(TARGETS ph_abi ph_sdk ph_lib ph_testkit EXPORT PosthouseSDK ARCHIVE DESTINATION lib COMPONENT sdk)
install(TARGETS ph-validate RUNTIME DESTINATION bin COMPONENT sdk)
install(EXPORT PosthouseSDK NAMESPACE ph:: FILE PosthouseSDKTargets.cmake DESTINATION ${PACKAGE} COMPONENT sdk)

foreach(FOLDER abi cpp lib testkit)
  install(DIRECTORY ${FOLDER}/ DESTINATION ${INCLUDE}/${FOLDER} COMPONENT sdk FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")
endforeach()

configure_package_config_file(cmake/PosthouseSDKConfig.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/PosthouseSDKConfig.cmake
  INSTALL_DESTINATION ${PACKAGE})
# Before 1.0 a minor release may change drafts, so only the same minor version fits.
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/PosthouseSDKConfigVersion.cmake
  VERSION ${PROJECT_VERSION} COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/PosthouseSDKConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/PosthouseSDKConfigVersion.cmake
  cmake/PosthousePlugin.cmake cmake/plugin.map DESTINATION ${PACKAGE} COMPONENT sdk)

# For plugins in C or with another build system: the contract and the C++ layer; ph::lib has dependencies, use CMake.
configure_file(cmake/posthouse-sdk.pc.in ${CMAKE_CURRENT_BINARY_DIR}/posthouse-sdk.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/posthouse-sdk.pc DESTINATION lib/pkgconfig COMPONENT sdk)

install(FILES README.md VERSIONING.md CHANGES.md DESTINATION share/doc/posthouse-sdk COMPONENT sdk)
install(DIRECTORY examples DESTINATION share/doc/posthouse-sdk COMPONENT sdk)
