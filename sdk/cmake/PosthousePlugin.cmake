# ph_add_plugin(NAME SOURCES file... MANIFEST plugin.json [LIBRARIES target...])
# Builds plugins/NAME.so with exactly one exported symbol, ph_plugin_v1, and puts the manifest beside it.
set(PH_PLUGIN_CMAKE_DIR ${CMAKE_CURRENT_LIST_DIR})
function(ph_add_plugin NAME)
  cmake_parse_arguments(ARG "" "MANIFEST" "SOURCES;LIBRARIES" ${ARGN})
  add_library(${NAME} MODULE ${ARG_SOURCES})
  file(SHA256 ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_MANIFEST} MANIFEST_HASH)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_MANIFEST})
  file(READ ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_MANIFEST} MANIFEST_TEXT)
  string(JSON PLUGIN_ID GET "${MANIFEST_TEXT}" id)
  string(JSON PLUGIN_VERSION GET "${MANIFEST_TEXT}" version)
  # The descriptor is made from the manifest, so that the two cannot differ by accident.
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${NAME}/ph_manifest.h CONTENT
"#define PH_MANIFEST_ID \"@PLUGIN_ID@\"\n#define PH_MANIFEST_VERSION \"@PLUGIN_VERSION@\"\n#define PH_MANIFEST_SHA256 \"@MANIFEST_HASH@\"\n" @ONLY)
  target_include_directories(${NAME} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR} ${CMAKE_CURRENT_BINARY_DIR}/${NAME})
  target_compile_options(${NAME} PRIVATE -fvisibility=hidden $<$<COMPILE_LANGUAGE:CXX>:-fvisibility-inlines-hidden>
    $<$<CXX_COMPILER_ID:GNU>:-fno-gnu-unique>)
  target_link_libraries(${NAME} PRIVATE ph_flags ph_sdk ${ARG_LIBRARIES})
  target_link_options(${NAME} PRIVATE -Wl,--exclude-libs,ALL -Wl,--version-script=${PH_PLUGIN_CMAKE_DIR}/plugin.map)
  if(NOT POSTHOUSE_SANITIZE)
    target_link_options(${NAME} PRIVATE -Wl,-z,defs)
  endif()
  set_target_properties(${NAME} PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/plugins
    LINK_DEPENDS ${PH_PLUGIN_CMAKE_DIR}/plugin.map)
  set_property(GLOBAL APPEND PROPERTY PH_PLUGINS ${NAME})
  add_custom_command(TARGET ${NAME} POST_BUILD COMMAND ${CMAKE_COMMAND} -E copy_if_different
    ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_MANIFEST} ${CMAKE_BINARY_DIR}/plugins/${NAME}.json)
endfunction()
