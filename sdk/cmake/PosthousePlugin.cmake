# ph_add_plugin(NAME SOURCES file... MANIFEST plugin.json [LIBRARIES target...])
# Builds plugins/NAME.so with exactly one exported symbol, ph_plugin_v1, and puts the manifest beside it as
# plugins/NAME.json. PH_PLUGIN_OUTPUT_DIRECTORY says another folder than plugins in the build folder.
# LIBRARIES: ph::lib for the mail libraries; others are linked as they come, static ones keep their symbols to themselves.
set(PH_PLUGIN_CMAKE_DIR ${CMAKE_CURRENT_LIST_DIR})
function(ph_add_plugin NAME)
  cmake_parse_arguments(ARG "" "MANIFEST" "SOURCES;LIBRARIES" ${ARGN})
  if(ARG_UNPARSED_ARGUMENTS OR NOT ARG_SOURCES OR NOT ARG_MANIFEST)
    message(FATAL_ERROR "ph_add_plugin(NAME SOURCES file... MANIFEST plugin.json [LIBRARIES target...])")
  endif()
  get_filename_component(MANIFEST ${ARG_MANIFEST} ABSOLUTE)
  if(NOT PH_PLUGIN_OUTPUT_DIRECTORY)
    set(PH_PLUGIN_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/plugins)
  endif()

  add_library(${NAME} MODULE ${ARG_SOURCES})
  file(SHA256 ${MANIFEST} MANIFEST_HASH)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${MANIFEST})
  file(READ ${MANIFEST} MANIFEST_TEXT)
  string(JSON PLUGIN_ID GET "${MANIFEST_TEXT}" id)
  string(JSON PLUGIN_VERSION GET "${MANIFEST_TEXT}" version)
  # The descriptor is made from the manifest, so that the two cannot differ by accident.
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${NAME}/ph_manifest.h CONTENT
"#define PH_MANIFEST_ID \"@PLUGIN_ID@\"\n#define PH_MANIFEST_VERSION \"@PLUGIN_VERSION@\"\n#define PH_MANIFEST_SHA256 \"@MANIFEST_HASH@\"\n" @ONLY)

  target_include_directories(${NAME} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR} ${CMAKE_CURRENT_BINARY_DIR}/${NAME})
  target_compile_options(${NAME} PRIVATE -fvisibility=hidden $<$<COMPILE_LANGUAGE:CXX>:-fvisibility-inlines-hidden>
    $<$<CXX_COMPILER_ID:GNU>:-fno-gnu-unique>)
  target_link_libraries(${NAME} PRIVATE ph::sdk ${ARG_LIBRARIES})
  target_link_options(${NAME} PRIVATE -Wl,--exclude-libs,ALL -Wl,--version-script=${PH_PLUGIN_CMAKE_DIR}/plugin.map)
  if(TARGET ph_flags)
    target_link_libraries(${NAME} PRIVATE ph_flags)  # inside the tree: warnings, hardening, sanitizers of the house
  endif()
  # A symbol that nobody defines is an error now, not when the host loads the plugin. Sanitizers' are the program's.
  if(NOT POSTHOUSE_SANITIZE)
    target_link_options(${NAME} PRIVATE -Wl,-z,defs,-z,relro,-z,now)
  endif()
  set_target_properties(${NAME} PROPERTIES PREFIX "" POSITION_INDEPENDENT_CODE ON CXX_EXTENSIONS OFF
    LIBRARY_OUTPUT_DIRECTORY ${PH_PLUGIN_OUTPUT_DIRECTORY} LINK_DEPENDS ${PH_PLUGIN_CMAKE_DIR}/plugin.map)
  set_property(GLOBAL APPEND PROPERTY PH_PLUGINS ${NAME})
  add_custom_command(TARGET ${NAME} POST_BUILD COMMAND ${CMAKE_COMMAND} -E copy_if_different
    ${MANIFEST} ${PH_PLUGIN_OUTPUT_DIRECTORY}/${NAME}.json)
endfunction()
