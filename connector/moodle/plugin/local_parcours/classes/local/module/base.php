<?php
// This file is part of the local_parcours plugin for Moodle - https://moodle.org/
//
// local_parcours is free software: you can redistribute it and/or modify
// it under the terms of the GNU General Public License as published by
// the Free Software Foundation, either version 3 of the License, or
// (at your option) any later version.
//
// local_parcours is distributed in the hope that it will be useful,
// but WITHOUT ANY WARRANTY; without even the implied warranty of
// MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
// GNU General Public License for more details.
//
// You should have received a copy of the GNU General Public License
// along with Moodle.  If not, see <https://www.gnu.org/licenses/>.

namespace local_parcours\local\module;

use local_parcours\local\document\node;

/**
 * An activity type: what its settings are, how Moodle's form names them, how they are read back.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
abstract class base {
    /**
     * Name of the Moodle module.
     *
     * @return string
     */
    public function name(): string {
        return substr(strrchr(static::class, '\\'), 1);
    }

    /**
     * Rules of automatic completion that the type knows: view, submit, passgrade, posts.
     *
     * @return string[]
     */
    public function rules(): array {
        return ['view'];
    }

    /**
     * Where the files of the type are kept.
     *
     * @param \stdClass|null $item the activity's record in this plugin, null for all areas that the type may have
     * @return array[] Moodle's file area and item id, by the document's area
     */
    public function areas(?\stdClass $item): array {
        return ['intro' => ['intro', 0]];
    }

    /**
     * The area of the files that a setting's text shows, where it has one that is kept when the setting is.
     *
     * @param string $setting
     * @return string|null
     */
    public function area_of(string $setting): ?string {
        return null;
    }

    /**
     * Does what Moodle's own form does once the files of an activity have changed.
     *
     * @param \context $context
     */
    public function files_changed(\context $context): void {
    }

    /**
     * Reads the settings of a document.
     *
     * @param node $node
     * @return array with every key
     */
    abstract public function read_settings(node $node): array;

    /**
     * Reads the settings back from Moodle, in the shape of the document.
     *
     * @param \stdClass $instance the module's record
     * @param \stdClass $item the activity's record in this plugin
     * @return array with every key
     */
    abstract public function observe(\stdClass $instance, \stdClass $item): array;

    /**
     * Reads the type's own completion rules back.
     *
     * @param \stdClass $instance the module's record
     * @return array submit (bool) and posts (int), where the type knows them
     */
    public function observe_rules(\stdClass $instance): array {
        return [];
    }

    /**
     * What is told of an activity besides what a document says.
     *
     * @param \stdClass $instance the module's record
     * @return array
     */
    public function facts(\stdClass $instance): array {
        return [];
    }

    /**
     * The settings that cannot change freely any more because learners have answered.
     *
     * @param \stdClass $instance the module's record
     * @return string[] why, by setting
     */
    public function held(\stdClass $instance): array {
        return [];
    }

    /**
     * Keeps what cannot change any more because learners have answered.
     *
     * @param array $settings what is wanted
     * @param array $observed what there is
     * @param \stdClass $instance the module's record
     * @return array the settings to write, and why something was kept, by setting
     */
    public function keep(array $settings, array $observed, \stdClass $instance): array {
        return [$settings, []];
    }

    /**
     * Gives a new activity the form fields that the document does not speak of.
     *
     * @param \stdClass $form
     */
    public function prepare_new(\stdClass $form): void {
    }

    /**
     * Gives the form of an existing activity the fields that Moodle's form computes itself, so that an update loses nothing.
     *
     * @param \stdClass $form what get_moduleinfo_data() gave
     */
    public function prepare_existing(\stdClass $form): void {
    }

    /**
     * Writes the settings into the form.
     *
     * @param \stdClass $form
     * @param array $settings
     */
    abstract public function fill(\stdClass $form, array $settings): void;

    /**
     * Writes the type's own completion rules into the form.
     *
     * @param \stdClass $form
     * @param array $completion
     */
    public function fill_rules(\stdClass $form, array $completion): void {
    }

    /**
     * Writes what belongs to the activity and is not in its form: questions, messages.
     *
     * @param \stdClass $cm course module record, with its instance
     * @param array $settings
     * @param array|null $observed what there is, null for a new activity
     * @param \stdClass $item the activity's record in this plugin, to be completed
     * @param string $path JSON path of the settings
     */
    public function save_content(\stdClass $cm, array $settings, ?array $observed, \stdClass $item, string $path): void {
    }
}
