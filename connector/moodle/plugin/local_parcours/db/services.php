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

/**
 * Web-service functions, and a service ready to be switched on for the connector's account.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

defined('MOODLE_INTERNAL') || die();

$functions = [
    'local_parcours_publish' => [
        'classname' => 'local_parcours\external\publish',
        'description' => 'Creates or updates, by idnumber, what a publication document names.',
        'type' => 'write',
        'capabilities' => 'local/parcours:publish',
    ],
    'local_parcours_observe' => [
        'classname' => 'local_parcours\external\observe',
        'description' => 'Reads back what was published, as it is now.',
        'type' => 'read',
        'capabilities' => 'local/parcours:observe',
    ],
    'local_parcours_completions' => [
        'classname' => 'local_parcours\external\completions',
        'description' => 'Reads completions of everybody, those that changed since an instant or all of them.',
        'type' => 'read',
        'capabilities' => 'local/parcours:observe',
    ],
    'local_parcours_figures' => [
        'classname' => 'local_parcours\external\figures',
        'description' => 'Brings people their own hours, and tells what they contest.',
        'type' => 'write',
        'capabilities' => 'local/parcours:figures',
    ],
];

$services = [
    'Parcours' => [
        'shortname' => 'local_parcours',
        'functions' => [
            'local_parcours_publish',
            'local_parcours_observe',
            'local_parcours_completions',
            'local_parcours_figures',
            'core_webservice_get_site_info',
            'core_completion_override_activity_completion_status',
        ],
        'restrictedusers' => 1,
        'uploadfiles' => 1,
        'enabled' => 0,
    ],
];
